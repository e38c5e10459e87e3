import type { ServiceReading } from './application-reading.ts';
import type { LoadReading } from './load-reading.ts';

/** Where a reading of run-queue wait came from. `schedstat` gives count and sum only, no histogram; with `none` there are no readings. */
export const waitSources = ['bpf', 'schedstat', 'sim', 'none'] as const;
export type WaitSource = (typeof waitSources)[number];

/** Why a thread waited. `any` where the source cannot tell the two apart. */
export const waitCauses = ['contention', 'throttled', 'any'] as const;
export type WaitCause = (typeof waitCauses)[number];

/** The waits that ended during one sample, of one group of threads and one cause. */
export interface WaitReading {
  /** `canary`, `disturbance`, the id of a replica, or `all` for every task of the machine, which contains the others. */
  readonly group: string;
  readonly cause: WaitCause;
  /** Waits that ended in the interval. */
  readonly count: number;
  /** Their exact sum, not reconstructed from slots. */
  readonly waitSeconds: number;
  /** Count by slot (`wait-slots.ts`), or null where the source has no histogram. */
  readonly slots: readonly number[] | null;
}

/** The machine during one sample. CPU time is of the CPUs that the harness may use. */
export interface HostReading {
  /** CPU time used by everything. */
  readonly busySeconds: number;
  /** CPU time that a hypervisor gave to others although this machine had work for it. */
  readonly stolenSeconds: number;
  /** CPU time there was: cores times the interval. */
  readonly capacitySeconds: number;
  /** Context switches of all CPUs. */
  readonly contextSwitches: number;
}

/** The tracer's account of itself during one sample. */
export interface TracerReading {
  /** CPU time of the helper process, user and system; its kernel programs run in the time of others. */
  readonly helperCpuSeconds: number;
  readonly residentBytes: number;
  /** Switches and wake-ups that it saw. */
  readonly switches: number;
  readonly wakeups: number;
  /**
   * Events lost because a stamp or a histogram could not be stored, or because a program was already running on that CPU. Any is
   * too many.
   */
  readonly lost: number;
  /** Waits dropped because the clocks of two CPUs disagreed. */
  readonly negative: number;
  /** Switch-ins without a stamp: threads that were already queued when the tracer attached. */
  readonly unknown: number;
}

/** Everything measured in one short interval. A missing value is null, never 0. */
export interface Sample {
  /** The end of the interval, in milliseconds from the start of the trial, warm-up included. */
  readonly atMs: number;
  /** Its measured length. */
  readonly intervalMs: number;
  /** Wall clock minus monotonic clock at the end, relative to the start of the trial. A step shows as a jump. */
  readonly clockOffsetMs: number;
  readonly source: WaitSource;
  readonly waits: readonly WaitReading[] | null;
  readonly host: HostReading | null;
  readonly tracer: TracerReading | null;
  /** By service, in the order of the model; null without an application. */
  readonly services: readonly ServiceReading[] | null;
  /** Null without a load that a generator sends. */
  readonly load: LoadReading | null;
}
