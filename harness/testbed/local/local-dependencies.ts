import type { Clock } from '../../core/clock.ts';
import type { ProcessRunner } from '../../core/process.ts';

/** What the local testbed needs of the world. */
export interface LocalDependencies {
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  /** The programs built from `tracer/` and `deathstarbench/twin`. */
  readonly tracer: string;
  readonly workload: string;
  readonly twin: string;
  /** The program `stress`, or null if there is none. */
  readonly stress: string | null;
  /** The program `taskset` of util-linux, or null if there is none. */
  readonly taskset: string | null;
  readonly isRoot: boolean;
  /** Is systemd the init of this machine? */
  readonly isSystemd: boolean;
  /** Name of the cgroup that holds those of all runs: the runs below one of them exclude each other. */
  readonly subtree: string;
  readonly pid: number;
  /** Where a folder is made for each run, such as `/tmp`. */
  readonly temporaryFolder: string;
}
