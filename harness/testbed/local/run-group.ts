import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { CpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import { Cgroup } from './cgroup.ts';
import { handDownCpu, takeBackCpu, waitingRoomName } from './controller-handover.ts';
import { hasCode } from './error-code.ts';

/** The cgroup that holds those of all runs of one machine; nothing outside it is ever touched. */
export interface Subtree {
  readonly path: string;
  readonly isUnified: boolean;
}

/**
 * Where our subtree of that name is: below the root if we may write there, else below our own, delegated cgroup. In its waiting room
 * we are if a run was killed that had moved our shell there.
 * @throws HarnessError `usage` if that is no name for it
 */
export function subtreeOf(hierarchy: CpuHierarchy, isRoot: boolean, name: string): Subtree {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) || name === waitingRoomName) {
    throw new HarnessError('usage', `${JSON.stringify(name)} is not a name for our cgroup.`, {
      hint: 'Set SCALELAB_CGROUP to letters, digits, dots, dashes and underscores that start with a letter or digit, or unset it.',
    });
  }
  const { dir, base } = parse(hierarchy.ownPath);
  const own = base === waitingRoomName ? dir : hierarchy.ownPath;
  return { path: join(hierarchy.mountPoint, isRoot ? '/' : own, name), isUnified: hierarchy.version === 2 };
}

/** The cgroup of one run, and what was changed around it. */
export interface RunGroup {
  readonly cgroup: Cgroup;
  /** Ends what runs in it and removes it, and with the last run all that was made for runs. */
  remove(clock: Clock): Promise<void>;
}

/**
 * Makes the cgroup of one run of ours, `run-<process id>-<its start>`. The name says whom it belongs to, so that left-overs of a
 * process that was killed can be told from a run that goes on.
 */
export function createRunGroup({ path: subtree, isUnified }: Subtree, pid: number): RunGroup {
  const parent = join(subtree, '..');
  // A left-over subtree that uses the controller would keep the parent from putting itself in order.
  removeEmpty(subtree);
  const isOurs = isUnified && handDownCpu(parent);
  const putBack = (): void => {
    if (removeEmpty(subtree) && isUnified) takeBackCpu(parent, isOurs);
  };
  let cgroup: Cgroup | null = null;
  try {
    if (!existsSync(subtree)) Cgroup.create(subtree);
    if (isUnified) handDownCpu(subtree);
    const made = (cgroup = Cgroup.create(join(subtree, runName(pid))));
    if (isUnified) handDownCpu(made.path);
    return {
      cgroup: made,
      remove: async (clock) => {
        await made.remove(clock);
        putBack();
      },
    };
  } catch (error) {
    try {
      if (cgroup !== null) removeEmpty(cgroup.path);
      putBack();
    } catch (failure) {
      throw new AggregateError([error, failure], 'What failed could not be undone.', { cause: failure });
    }
    throw error;
  }
}

/** Removes the run cgroups of processes that are gone, and what still runs in them. Answers their names. */
export async function removeLeftovers(
  subtree: Subtree,
  clock: Clock,
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const names = runsIn(subtree).flatMap(({ name, owner }) => (owner === 'gone' ? [name] : []));
  for (const name of names) await Cgroup.existing(join(subtree.path, name)).remove(clock, signal);
  return names;
}

/** What another run is told that would measure this machine beside one that goes on, or null if there is none. */
export function busyWith(subtree: Subtree, pid: number): { readonly message: string; readonly hint: string } | null {
  for (const { name, owner } of runsIn(subtree)) {
    if (owner === 'elsewhere') {
      const place = join(subtree.path, name);
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
  /** The process it belongs to. `elsewhere`: of another container, where processes have other numbers. */
  readonly owner: number | 'gone' | 'elsewhere';
}

function runsIn({ path }: Subtree): readonly Run[] {
  return entriesOf(path).flatMap((name): readonly Run[] => {
    const number = /^run-(\d+)-\d+$/.exec(name)?.[1];
    if (number === undefined) return [];
    const pid = Number(number);
    if (startTicks(pid) !== null && name === runName(pid)) return [{ name, owner: pid }];
    return [{ name, owner: Cgroup.existing(join(path, name)).holdsForeigners() ? 'elsewhere' : 'gone' }];
  });
}

function entriesOf(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return [];
    throw error;
  }
}

/** False if something is in it, such as another run of ours. */
function removeEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    if (hasCode(error, 'EBUSY') || hasCode(error, 'ENOTEMPTY')) return false;
    throw error;
  }
}

function runName(pid: number): string {
  return `run-${pid}-${startTicks(pid) ?? 0}`;
}

/** Start of a process in clock ticks since boot: with its id, its name for all time until the next boot. Null if it is gone. */
function startTicks(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command, may hold anything; what follows its closing parenthesis does not.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended, even if its parent never asks about it.
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
