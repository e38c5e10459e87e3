/** How many busy threads a CPU disturbance runs: a number, or a multiple of the machine's cores, known only on the testbed. */
export type ThreadCount = { readonly threads: number } | { readonly timesCores: number };

/** What takes resources on purpose while a trial runs. */
export interface Disturbances {
  readonly cpu: ThreadCount | null;
}

export interface PlannedArm {
  /** Unique, and safe as part of a folder name. */
  readonly name: string;
  readonly disturbances: Disturbances;
}

/** A load: Poisson arrivals at a constant rate. */
export interface PlannedLoad {
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

/** What a trial is judged by. `p50` to `p99` need a histogram; `mean` and `total` (wait seconds per second) do not. */
export const waitStatistics = ['p50', 'p95', 'p99', 'mean', 'total'] as const;
export type WaitStatistic = (typeof waitStatistics)[number];
export const waitGroups = ['canary', 'all'] as const;
export type MetricName = `${(typeof waitGroups)[number]}-wait-${WaitStatistic}`;
export const metricNames: readonly MetricName[] = waitGroups.flatMap((group) =>
  waitStatistics.map((statistic): MetricName => `${group}-wait-${statistic}`),
);

/** A primary hypothesis, named before the run: is the metric of `arm` different from that of `against`? */
export interface Hypothesis {
  readonly arm: string;
  readonly against: string;
  readonly metric: MetricName;
}

export interface PlannedTrial {
  readonly arm: string;
  /** Root of all random streams of the trial. */
  readonly seed: number;
}

export interface PlannedBlock {
  /** From 1. */
  readonly number: number;
  /** Name of its load, or null if the profile has none. */
  readonly load: string | null;
  readonly seed: number;
  /** Every arm once, in the order drawn for this block. */
  readonly trials: readonly PlannedTrial[];
}

/** What an experiment executes: complete, in order, nothing left to decide. Same profile and seed, same bytes. */
export interface Plan {
  readonly format: 1;
  readonly name: string;
  readonly seed: number;
  /** True for a profile that runs one treatment as two arms, to see what difference appears by accident. */
  readonly aa: boolean;
  readonly testbed: TestbedSpec;
  readonly source: SourceChoice;
  /** Length of a trial; its first `warmupMs` are not used. */
  readonly trialMs: number;
  readonly warmupMs: number;
  readonly sampleMs: number;
  readonly canary: CanarySpec | null;
  readonly limits: Limits;
  readonly arms: readonly PlannedArm[];
  readonly loads: readonly PlannedLoad[];
  readonly hypotheses: readonly Hypothesis[];
  readonly blocks: readonly PlannedBlock[];
}
