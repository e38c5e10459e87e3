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
}
