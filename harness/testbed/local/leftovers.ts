import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cgroup } from './cgroup.ts';
import { takeBack } from './controller-handover.ts';
import { removeNoted } from './handed-down.ts';
import type { LocalDependencies } from './local-dependencies.ts';
import { leftoverFolders, removeFolder } from './run-folder.ts';
import { busyWith, isElsewhere, leftoversIn, removeLeftovers } from './run-group.ts';
import { ownSubtrees } from './subtree.ts';
import { stopUnits, unitsOf } from './systemd-unit.ts';

/** What the local testbed needs of the world to look for left-overs. */
export type LeftoverWorld = Pick<
  LocalDependencies,
  'clock' | 'runner' | 'isRoot' | 'isSystemd' | 'subtree' | 'temporaryFolder' | 'pid'
>;

/** What runs whose process is gone have left on this machine. */
export interface Leftovers {
  /** In every hierarchy. */
  readonly cgroups: readonly string[];
  readonly processes: readonly { readonly pid: number; readonly command: string }[];
  readonly folders: readonly string[];
  /** The systemd unit in which our cgroups are, if no run goes on in it. */
  readonly units: readonly string[];
  /** A run that goes on, as a sentence; null if there is none. */
  readonly busy: string | null;
}

/** Changes nothing. */
export function findLeftovers(world: LeftoverWorld, subtrees = ownSubtrees(world).subtrees): Leftovers {
  const { subtree, temporaryFolder, pid } = world;
  const cgroups = leftoversIn(subtrees).flatMap((run) =>
    subtrees.map(({ path }) => join(path, run)).filter((path) => existsSync(path)),
  );
  const busy = busyWith(subtrees, pid);
  const pids = new Set(cgroups.flatMap((path) => Cgroup.existing(path).allProcesses()));
  return {
    cgroups,
    processes: [...pids].map((id) => ({ pid: id, command: commandOf(id) })),
    folders: leftoverFolders(temporaryFolder, subtree, (run) => isElsewhere(subtrees, run)),
    units: busy === null ? unitsOf(subtrees) : [],
    busy: busy?.message ?? null,
  };
}

/** Ends and removes them, and what was changed around them for a run that was killed. Runs that go on are left alone. */
export async function removeAllLeftovers(
  world: LeftoverWorld,
  signal?: AbortSignal,
  subtrees = ownSubtrees(world).subtrees,
): Promise<void> {
  const { clock, runner, subtree, temporaryFolder } = world;
  const folders = leftoverFolders(temporaryFolder, subtree, (run) => isElsewhere(subtrees, run));
  await removeLeftovers(subtrees, clock, signal);
  for (const folder of folders) removeFolder(folder);
  await stopUnits(subtrees, runner);
  for (const { path, version, unit } of subtrees) {
    if (unit !== null) continue;
    const noted = removeNoted(path);
    if (noted !== null && version === 2) takeBack(noted, join(path, '..'));
  }
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return '';
  }
}
