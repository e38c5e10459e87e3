import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { HarnessError } from '../../core/errors.ts';
import { cgroupRemedy } from './controller-handover.ts';
import { hasCode } from './error-code.ts';

const removedWithinMs = 5000;

/** A cgroup of ours in one hierarchy. */
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

  /** With those below it; what has no number here is left out. */
  allProcesses(): readonly number[] {
    return [...this.processes(), ...this.#children().flatMap((child) => child.allProcesses())].filter(
      (pid) => pid !== 0,
    );
  }

  /** Ids of the threads in it: v2 lists them in `cgroup.threads`, v1 in `tasks`. */
  threads(): readonly number[] {
    const file = join(this.path, 'cgroup.threads');
    return readNumbers(existsSync(file) ? file : join(this.path, 'tasks'));
  }

  /** Is a process in it or below it that has no number here, because it lives in another container? The kernel lists it as 0. */
  holdsForeigners(): boolean {
    return this.processes().includes(0) || this.#children().some((child) => child.holdsForeigners());
  }

  /** Kills whatever is in it and below it: at once where the kernel can (v2 from 5.14), else one by one, and a fork may escape. */
  kill(): void {
    if (this.#killAtOnce()) return;
    for (const child of this.#children()) child.kill();
    for (const pid of this.processes()) kill(pid);
  }

  #killAtOnce(): boolean {
    const file = join(this.path, 'cgroup.kill');
    if (!existsSync(file) || this.holdsForeigners()) return false;
    try {
      writeFileSync(file, '1');
    } catch (error) {
      // Somebody has removed it meanwhile.
      if (!hasCode(error, 'ENOENT') && !hasCode(error, 'ENODEV')) throw error;
    }
    return true;
  }

  /**
   * Kills whatever is in it and below it, then removes it. A cgroup is busy until its last process is gone.
   * @throws HarnessError `testbed-failed` if that takes more than 5 s
   */
  async remove(clock: Clock, signal?: AbortSignal): Promise<void> {
    const deadlineMs = clock.nowMs() + removedWithinMs;
    while (existsSync(this.path)) {
      signal?.throwIfAborted();
      this.kill();
      for (const child of this.#children()) await child.remove(clock, signal);
      try {
        rmdirSync(this.path);
      } catch (error) {
        if (hasCode(error, 'ENOENT')) return;
        if (!hasCode(error, 'EBUSY')) throw error;
        if (clock.nowMs() > deadlineMs) throw stillBusy(this, error);
        await clock.sleep(5, signal);
      }
    }
  }

  /** Removes it if nothing is in it. Answers whether it is gone. */
  removeEmpty(): boolean {
    return removeEmpty(this.path);
  }

  #children(): readonly Cgroup[] {
    return this.childNames().map((name) => new Cgroup(join(this.path, name)));
  }

  /** Those of the cgroups in it; none if it is not there. */
  childNames(): readonly string[] {
    try {
      const entries = readdirSync(this.path, { withFileTypes: true });
      return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    }
  }
}

/** False if something is in it, such as another run of ours. */
export function removeEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return true;
    if (hasCode(error, 'EBUSY') || hasCode(error, 'ENOTEMPTY')) return false;
    throw error;
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
  // A process of another container has no number here, and 0 would be our own process group.
  if (pid === 0) return;
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

function stillBusy({ path, processesFile }: Cgroup, cause: unknown): HarnessError {
  const message = `The cgroup ${path} cannot be removed: it is still busy after ${removedWithinMs / 1000} s.`;
  return new HarnessError('testbed-failed', message, {
    hint: `End what runs in it (${processesFile} lists it), then run the same command again.`,
    cause,
  });
}
