import type { ReplicaEvent } from './application-reading.ts';
import type { PolicyEvidence } from './control.ts';
import type { WaitSource } from './sample.ts';

/** What the testbed is: into the manifest. Values are text, numbers, booleans or null, in a fixed order. */
export interface TestbedFacts {
  readonly kind: 'sim' | 'local';
  readonly cores: number;
  /** The source of run-queue wait that trials will use. */
  readonly source: WaitSource;
  readonly details: Readonly<Record<string, string | number | boolean | null>>;
  /** Things the reader of a report must know, such as a substitute that was used. */
  readonly notes: readonly string[];
}

/** What the testbed alone knows about how the trial went. Verdicts are computed from this and the samples. */
export interface TrialEvidence {
  /** Why the tracer stopped before the end, or null. */
  readonly tracerDeath: string | null;
  /** Threads that the disturbance was to run, that ran at the start, and that still ran at the end. */
  readonly disturbance: {
    readonly program: string;
    readonly wanted: number;
    readonly started: number;
    readonly alive: number;
  } | null;
  /** Wake-ups that the canary made, and those it skipped because the one before was late. */
  readonly canary: { readonly wakeups: number; readonly skipped: number; readonly alive: boolean } | null;
  /** Mean kernel time of one BPF program run, measured in the warm-up only, because measuring costs too. */
  readonly kernelNsPerEvent: number | null;
  /** What happened to replicas; null without an application. */
  readonly application: {
    readonly events: readonly ReplicaEvent[];
    /** Why it could not be started with the allocation of the arm, which is the arm's doing; null if it could. */
    readonly startFailure: string | null;
  } | null;
  /** Null without a policy. */
  readonly policy: PolicyEvidence | null;
  /** Why the load did not begin, or null. */
  readonly loadFailure: string | null;
  /** Null without a load that a generator sends, and if it did not begin. */
  readonly generator: GeneratorEvidence | null;
}

/** Of a trial of which nothing is known. */
export const noEvidence: TrialEvidence = {
  tracerDeath: null,
  disturbance: null,
  canary: null,
  kernelNsPerEvent: null,
  application: null,
  policy: null,
  loadFailure: null,
  generator: null,
};

/** How the load generator did. */
export interface GeneratorEvidence {
  readonly driver: 'built-in' | 'k6' | 'sim';
  /** Its version, as it says it. */
  readonly version: string;
  /** CPU time from the start of the schedule to the last answer, over that time: in cores. */
  readonly cpuCores: number | null;
  /** Cores that it could use: those of its cpuset, at most its sending threads. */
  readonly capacityCores: number;
  /** `real-time` is SCHED_RR 1 of the sending threads. */
  readonly priority: 'real-time' | 'normal';
  /** Why not real-time; null if it is. */
  readonly priorityNote: string | null;
  /** Why it ended before its time; null if it did not. */
  readonly death: string | null;
  /** SHA-256 of the schedule in the binary form, as the generator read it. */
  readonly scheduleSha256: string;
}
