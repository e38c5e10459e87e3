import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from 'node:fs';
import { join, parse } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import type { CpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';
import { cgroupRemedy, handDownCpu, takeBackCpu, waitingRoomName } from './cpu-handover.ts';
import { hasCode } from './error-code.ts';

/** The name of our subtree; nothing outside it is ever touched. */
const subtreeName = 'scalelab';

/** A cgroup of ours in the hierarchy that holds the cpu controller. */
export class Cgroup {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** @throws HarnessError `machine-lacks` if the system does not allow it */
  static create(path: string): Cgroup {
    try {
      mkdirSync(path);
      return new Cgroup(path);
    } catch (error) {
      throw cannotWrite(path, error);
    }
  }

  static existing(path: string): Cgroup {
    return new Cgroup(path);
  }

  /** A process that writes its id here moves in. */
  get processesFile(): string {
    return join(this.path, 'cgroup.procs');
  }

  /** What the tracer calls it: the inode of its directory. */
  get id(): string {
    return statSync(this.path, { bigint: true }).ino.toString();
  }

  processes(): readonly number[] {
    return readNumbers(this.processesFile);
  }

  /** Ids of the threads in it: v2 lists them in `cgroup.threads`, v1 in `tasks`. */
  threads(): readonly number[] {
    const file = join(this.path, 'cgroup.threads');
    return readNumbers(existsSync(file) ? file : join(this.path, 'tasks'));
  }

  /** Kills whatever is in it and below it, then removes it. A cgroup is busy until its last process is gone. */
  async remove(clock: Clock): Promise<void> {
    const deadlineMs = clock.nowMs() + 5000;
    while (existsSync(this.path)) {
      for (const child of this.#children()) await child.remove(clock);
      for (const pid of this.processes()) kill(pid);
      try {
        rmdirSync(this.path);
      } catch (error) {
        if (!hasCode(error, 'EBUSY') || clock.nowMs() > deadlineMs) throw error;
        await clock.sleep(5);
      }
    }
  }

  #children(): readonly Cgroup[] {
    const entries = readdirSync(this.path, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => new Cgroup(join(this.path, name)));
  }
}

/**
 * Where our subtree is: below the root if we may write there, else below our own, delegated cgroup. In its waiting room we are if a
 * run was killed that had moved our shell there.
 */
export function subtreeOf(hierarchy: CpuHierarchy, isRoot: boolean): string {
  const { dir, base } = parse(hierarchy.ownPath);
  const own = base === waitingRoomName ? dir : hierarchy.ownPath;
  return join(hierarchy.mountPoint, isRoot ? '/' : own, subtreeName);
}

/** The cgroup of one run, and what was changed around it. */
export interface RunGroup {
  readonly cgroup: Cgroup;
  /** Ends what runs in it and removes it, and with the last run all that was made for runs. */
  remove(clock: Clock): Promise<void>;
}

/**
 * Makes the cgroup of one run of ours, `scalelab/run-<process id>-<its start>`. The name says whom it belongs to, so that left-overs
 * of a process that was killed can be told from a run that goes on.
 */
export function createRunGroup(hierarchy: CpuHierarchy, isRoot: boolean, pid: number): RunGroup {
  const subtree = subtreeOf(hierarchy, isRoot);
  const parent = join(subtree, '..');
  const isUnified = hierarchy.version === 2;
  // A left-over subtree that uses the controller would keep the parent from putting itself in order.
  removeEmpty(subtree);
  const isOurs = isUnified && handDownCpu(parent);
  const putBack = (): void => {
    if (removeEmpty(subtree) && isUnified) takeBackCpu(parent, isOurs);
  };
  try {
    if (!existsSync(subtree)) Cgroup.create(subtree);
    if (isUnified) handDownCpu(subtree);
    const cgroup = Cgroup.create(join(subtree, runName(pid)));
    if (isUnified) handDownCpu(cgroup.path);
    return {
      cgroup,
      remove: async (clock) => {
        await cgroup.remove(clock);
        putBack();
      },
    };
  } catch (error) {
    putBack();
    throw error;
  }
}

/** Removes the run cgroups of processes that are gone, and what still runs in them. Answers their names. */
export async function removeLeftovers(
  hierarchy: CpuHierarchy,
  isRoot: boolean,
  clock: Clock,
): Promise<readonly string[]> {
  const subtree = subtreeOf(hierarchy, isRoot);
  if (!existsSync(subtree)) return [];
  const names = readdirSync(subtree).filter((name) => {
    const pid = /^run-(\d+)-\d+$/.exec(name)?.[1];
    return pid !== undefined && name !== runName(Number(pid));
  });
  for (const name of names) await Cgroup.existing(join(subtree, name)).remove(clock);
  return names;
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
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

function readNumbers(file: string): readonly number[] {
  try {
    return readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number);
  } catch (error) {
    if (hasCode(error, 'ENOENT') || hasCode(error, 'ENODEV')) return [];
    throw error;
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

function cannotWrite(path: string, cause: unknown): HarnessError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new HarnessError('machine-lacks', `The cgroup ${path} cannot be made: ${reason}.`, {
    hint: cgroupRemedy,
    cause,
  });
}
