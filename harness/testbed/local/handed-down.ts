import { join } from 'node:path';
import { Cgroup, removeEmpty } from './cgroup.ts';

/** A cgroup that says what its parent hands down for us. Only such a note outlives a run that is killed in the root of the tree. */
const notePrefix = 'handed-down-';

/** Notes in our subtree that these controllers are ours to take back. */
export function noteHandedDown(controllers: readonly string[], subtree: string): void {
  const there = Cgroup.existing(subtree).childNames();
  for (const name of controllers.map((controller) => notePrefix + controller)) {
    if (!there.includes(name)) Cgroup.create(join(subtree, name));
  }
}

/**
 * Removes our subtree if nothing but notes is in it.
 * @returns the controllers that they name; null if it stays, with its notes
 */
export function removeNoted(subtree: string): readonly string[] | null {
  const names = Cgroup.existing(subtree).childNames();
  if (names.some((name) => !name.startsWith(notePrefix))) return null;
  for (const name of names) removeEmpty(join(subtree, name));
  const noted = names.map((name) => name.slice(notePrefix.length));
  if (removeEmpty(subtree)) return noted;
  // Another run has come meanwhile.
  noteHandedDown(noted, subtree);
  return null;
}
