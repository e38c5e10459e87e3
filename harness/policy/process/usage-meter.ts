import type { Child } from '../../core/process.ts';
import { treeUsage } from './process-tree.ts';

/** Remembers what a program has used: when it has ended, nobody can be asked any more. */
export class UsageMeter {
  #pid: number | null;
  #cpuSeconds: number | null = null;
  #residentBytes: number | null = null;

  constructor({ pid, exited }: Pick<Child, 'pid' | 'exited'>) {
    this.#pid = pid;
    // Its number may belong to others later.
    void exited.then(() => {
      this.#pid = null;
    });
  }

  /** The most so far. Null where there is no /proc, and of a program that ended before it was looked at. */
  readonly look = (): { readonly cpuSeconds: number | null; readonly residentBytes: number | null } => {
    const usage = this.#pid === null ? null : treeUsage(this.#pid);
    if (usage !== null) {
      // A process that its starter never waited for takes its CPU time with it.
      this.#cpuSeconds = Math.max(this.#cpuSeconds ?? 0, usage.cpuSeconds);
      // A process that has ended has no memory any more, not even for those who ask what it had.
      this.#residentBytes = Math.max(this.#residentBytes ?? 0, usage.residentBytes);
    }
    return { cpuSeconds: this.#cpuSeconds, residentBytes: this.#residentBytes };
  };
}
