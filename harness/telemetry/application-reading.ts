/** The application during one sample. A missing value is null, never 0. */
export interface ServiceReading {
  readonly service: string;
  /** Replicas that the allocation asks for at the end of the sample. */
  readonly wanted: number;
  /** Every replica that lived during the sample, those that ended in it included, in the order of their start. */
  readonly replicas: readonly ReplicaReading[];
  /** Time from the request's arrival at a replica to its answer, over all replicas; null if nothing was answered. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}

export const replicaStates = ['starting', 'ready', 'draining', 'ended'] as const;
export type ReplicaState = (typeof replicaStates)[number];

export interface ReplicaReading {
  /** Unique in the trial: `nginx-1`. Also the group of its run-queue waits. */
  readonly id: string;
  /** At the end of the sample. */
  readonly state: ReplicaState;
  /** Milliseconds from the start of the trial; negative if before. */
  readonly startedAtMs: number;
  readonly readyAtMs: number | null;
  /** When it answered its first request. */
  readonly firstServedAtMs: number | null;
  /** CPU time used in the sample. */
  readonly cpuSeconds: number | null;
  readonly cpuLimitCores: number | null;
  readonly cpuRequestCores: number | null;
  /** Periods of the CPU quota that passed while it had work, those in which it was throttled, and for how long. */
  readonly quotaPeriods: number | null;
  readonly throttledPeriods: number | null;
  readonly throttledSeconds: number | null;
  /** At the end of the sample. */
  readonly memoryBytes: number | null;
  readonly memoryLimitBytes: number | null;
  /** In the sample. */
  readonly oomKills: number | null;
  /** Share of the sample in which some task waited for a CPU, 0 to 1; null where the kernel has no pressure of a cgroup. */
  readonly cpuPressureShare: number | null;
  /** Answered since the last sample in which it told its counters, and of these with an error. */
  readonly requests: number | null;
  readonly errors: number | null;
  /** Being answered at the end of the sample. */
  readonly inFlight: number | null;
  /** Of its pools at the end of the sample: connections in use, and requests that wait for one. */
  readonly busyConnections: number | null;
  readonly queuedForConnection: number | null;
}

/**
 * `killed-by-memory-limit` is an outcome of the arm; `killed-from-outside` breaks the measurement; `killed-by-profile` and
 * `stopped-by-profile` were asked for; `fault-skipped` was asked for and never happened, because the service had no replica that was ready (its
 * `replica` is the service); `crashed` is a fault of the twin; `drain-cut` lost what was still being answered; `spans-full` has told all the
 * spans that it may, so where its later time went is not known.
 */
export const replicaEventTypes = [
  'restarted',
  'killed-by-memory-limit',
  'killed-from-outside',
  'killed-by-profile',
  'stopped-by-profile',
  'fault-skipped',
  'crashed',
  'drain-cut',
  'spans-full',
] as const;

/** What happened to a replica, for the evidence of a trial. */
export interface ReplicaEvent {
  readonly atMs: number;
  readonly service: string;
  readonly replica: string;
  readonly type: (typeof replicaEventTypes)[number];
  readonly text: string;
}
