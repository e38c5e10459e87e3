import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Cleanup } from '../../core/cleanup.ts';
import type { Clock } from '../../core/clock.ts';
import { Cgroup } from './cgroup.ts';
import { handDown, takeBack } from './controller-handover.ts';
import { hasCode } from './error-code.ts';
import { noteHandedDown, removeNoted } from './handed-down.ts';
import { controllersOfV2, inheritCpuset, ResourceGroup, type Place } from './resource-group.ts';
import { runName, runOwner } from './run-name.ts';
import type { Controller, Subtree } from './subtree.ts';

/** The group of one run, and what was changed around it. */
export interface RunGroup {
  readonly group: ResourceGroup;
  /** Ends what runs in it and removes it, and with the last run all that was made for runs. */
  remove(clock: Clock): Promise<void>;
}

/**
 * Makes the group of one run of ours, `run-<process id>-<its start>`. The name says whom it belongs to, so that left-overs of a
 * process that was killed can be told from a run that goes on.
 */
export function createRunGroup(subtrees: readonly Subtree[], pid: number): RunGroup {
  const made: { readonly place: Place; readonly putBack: () => void }[] = [];
  try {
    for (const subtree of subtrees) made.push(createIn(subtree, pid));
  } catch (error) {
    try {
      for (const { place, putBack } of made.reverse()) {
        place.cgroup.removeEmpty();
        putBack();
      }
    } catch (failure) {
      throw new AggregateError([error, failure], 'What failed could not be undone.', { cause: failure });
    }
    throw error;
  }
  const group = new ResourceGroup(made.map(({ place }) => place));
  return {
    group,
    remove: async (clock) => {
      await using cleanup = new Cleanup();
      for (const { putBack } of made) cleanup.defer(putBack);
      await group.remove(clock);
    },
  };
}

/** The part in one hierarchy, and how to put back what was changed around it once it is gone. */
function createIn(subtree: Subtree, pid: number): { place: Place; putBack: () => void } {
  // systemd has made it, and handed the controllers down to it.
  if (subtree.unit !== null) return { place: createPlace(subtree, pid), putBack: () => undefined };
  const { path, version, controllers } = subtree;
  const parent = join(path, '..');
  const handsDown = handedDownIn(subtree);
  // A left-over subtree that uses the controllers would keep the parent from putting itself in order.
  const noted = removeNoted(path) ?? [];
  const news = [...new Set([...noted, ...(handsDown.length > 0 ? handDown(handsDown, parent) : [])])];
  const putBack = (): void => {
    const left = removeNoted(path);
    if (left !== null && handsDown.length > 0) takeBack([...new Set([...news, ...left])], parent);
  };
  try {
    if (!existsSync(path)) Cgroup.create(path);
    noteHandedDown(news, path);
    if (version === 1 && controllers.includes('cpuset')) inheritCpuset(parent, path);
    return { place: createPlace(subtree, pid), putBack };
  } catch (error) {
    try {
      putBack();
    } catch (failure) {
      throw new AggregateError([error, failure], 'What failed could not be undone.', { cause: failure });
    }
    throw error;
  }
}

/** The cgroup of the run in our subtree. Nothing is left of it if that fails. */
function createPlace(subtree: Subtree, pid: number): Place {
  const { path, version, controllers } = subtree;
  const handsDown = handedDownIn(subtree);
  if (handsDown.length > 0) handDown(handsDown, path);
  const cgroup = Cgroup.create(join(path, runName(pid)));
  try {
    if (version === 1 && controllers.includes('cpuset')) inheritCpuset(path, cgroup.path);
    if (handsDown.length > 0) handDown(handsDown, cgroup.path);
    return { cgroup, version, controllers };
  } catch (error) {
    cgroup.removeEmpty();
    throw error;
  }
}

const handedDownIn = ({ version, controllers }: Subtree): readonly Controller[] =>
  version === 2 ? controllersOfV2(controllers) : [];

/** Runs whose process is gone, by name. */
export function leftoversIn(subtrees: readonly Subtree[]): readonly string[] {
  return runsIn(subtrees).flatMap(({ name, owner }) => (owner === 'gone' ? [name] : []));
}

/** Removes the cgroups of runs whose process is gone, and what still runs in them. Answers their names. */
export async function removeLeftovers(
  subtrees: readonly Subtree[],
  clock: Clock,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const names = leftoversIn(subtrees);
  for (const name of names) {
    for (const { path } of subtrees) await Cgroup.existing(join(path, name)).remove(clock, signal);
  }
  return names;
}

/** Is there a run in it, whether it goes on or not? */
export function hasRuns(subtree: Subtree): boolean {
  return runsIn([subtree]).length > 0;
}

/** Does a run of that name go on in another container? */
export function isElsewhere(subtrees: readonly Subtree[], run: string): boolean {
  return runsIn(subtrees).some(({ name, owner }) => name === run && owner === 'elsewhere');
}

/** What another run is told that would measure this machine beside one that goes on, or null if there is none. */
export function busyWith(
  subtrees: readonly Subtree[],
  pid: number,
): { readonly message: string; readonly hint: string } | null {
  for (const { place, owner } of runsIn(subtrees)) {
    if (owner === 'elsewhere') {
      return {
        message: `Another run of Scalelab measures this machine, from another container: ${place}.`,
        hint: 'Wait until it has ended, or stop it there: each would disturb the other.',
      };
    }
    if (owner === 'gone' || owner === pid) continue;
    return {
      message: `Another run of Scalelab measures this machine: process ${owner}.`,
      hint: `Wait until it has ended, or stop it with \`kill -INT ${owner}\`: each would disturb the other.`,
    };
  }
  return null;
}

interface Run {
  readonly name: string;
  /** Where it was found first. */
  readonly place: string;
  /** The process it belongs to. `elsewhere`: of another container, where processes have other numbers. */
  readonly owner: number | 'gone' | 'elsewhere';
}

/** A run that was being made or removed when it was killed may be in some of the hierarchies only. */
function runsIn(subtrees: readonly Subtree[]): readonly Run[] {
  const places = new Map<string, string[]>();
  for (const { path } of subtrees) {
    for (const name of entriesOf(path)) places.set(name, [...(places.get(name) ?? []), join(path, name)]);
  }
  return [...places].flatMap(([name, [place = '', ...others]]): readonly Run[] => {
    const owner = runOwner(name);
    if (owner === null) return [];
    return [{ name, place, owner: owner === 'gone' && holdsForeigners([place, ...others]) ? 'elsewhere' : owner }];
  });
}

function holdsForeigners(places: readonly string[]): boolean {
  return places.some((place) => Cgroup.existing(place).holdsForeigners());
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}
