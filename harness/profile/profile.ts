import type { MetricName } from './metric.ts';

/** How many busy threads a CPU disturbance runs: a number, or a multiple of the machine's cores, known only on the testbed. */
export type ThreadCount = { readonly threads: number } | { readonly timesCores: number };

/** What takes resources on purpose while a trial runs. */
export interface Disturbances {
  readonly cpu: ThreadCount | null;
}

export interface Arm {
  /** Unique, and safe as part of a folder name. */
  readonly name: string;
  readonly disturbances: Disturbances;
}

/** A load: Poisson arrivals at a constant rate. */
export interface Load {
  /** Unique, and safe as part of a folder name. */
  readonly name: string;
  /** Mean arrivals per second, above 0. */
  readonly ratePerSecond: number;
}

export type TestbedSpec =
  | { readonly kind: 'local' }
  | {
      readonly kind: 'sim';
      readonly cores: number;
      /** Mean CPU demand of an arrival, exponentially distributed. */
      readonly workMicros: number;
    };

/** A thread that wakes at a fixed rate in every arm, in a group of its own: the same population everywhere. */
export interface CanarySpec {
  readonly ratePerSecond: number;
  /** CPU time burned at each wake-up. */
  readonly workMicros: number;
}

/** Grounds on which a trial is invalid (design 4.6). Shares are 0 to 1. */
export interface Limits {
  readonly stolenShare: number;
  readonly clockJumpMs: number;
  /** Samples late or missing for longer than this are an observation gap. */
  readonly observationGapMs: number;
}

/** Which source of run-queue wait to use: `auto` takes BPF, or schedstat if the hypotheses do not need a histogram. */
export type SourceChoice = 'auto' | 'bpf' | 'schedstat';

/** A primary hypothesis, named before the run: is the metric of `arm` different from that of `against`? */
export interface Hypothesis {
  readonly arm: string;
  readonly against: string;
  readonly metric: MetricName;
}

/** A profile as it takes effect: validated, `--set` applied, matrices expanded, defaults filled in. */
export interface Profile {
  readonly description: string | null;
  /** Root of all random streams; any safe integer. */
  readonly seed: number;
  /** Blocks planned for each load; 1 to 1000. */
  readonly blocks: number;
  /** True if the two arms are one treatment, run to see what difference appears by accident. */
  readonly aa: boolean;
  readonly testbed: TestbedSpec;
  readonly source: SourceChoice;
  /** Length of a trial; its first `warmupMs` are not used. Both are whole multiples of `sampleMs`. */
  readonly trialMs: number;
  readonly warmupMs: number;
  readonly sampleMs: number;
  readonly canary: CanarySpec | null;
  /** At least two. */
  readonly arms: readonly Arm[];
  readonly loads: readonly Load[];
  /** At least one. */
  readonly hypotheses: readonly Hypothesis[];
  readonly limits: Limits;
}
