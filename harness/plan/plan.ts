import type {
  ApplicationSpec,
  Arm,
  CanarySpec,
  Hypothesis,
  Limits,
  Load,
  Prices,
  SourceChoice,
  TestbedSpec,
} from '../profile/profile.ts';
import type { Bounds } from '../profile/bounds.ts';

// What a plan takes over from the profile as it is, under the plan's own words.
export type { Allocation, ServiceAllocation } from '../profile/allocation.ts';
export type { Bounds, Range, ServiceBounds } from '../profile/bounds.ts';
export type { Json, JsonObject, PolicySpec, PublishedResult } from '../profile/policy-spec.ts';
export type { ArrivalProcess, RateShape } from '../profile/load.ts';
export type {
  ApplicationSpec,
  Arm as PlannedArm,
  CanarySpec,
  Disturbances,
  DriverSpec,
  Fault,
  Hypothesis,
  Limits,
  Load as PlannedLoad,
  Margin,
  Overrides,
  Prices,
  SourceChoice,
  TestbedSpec,
  ThreadCount,
} from '../profile/profile.ts';
export { sourceChoices } from '../profile/profile.ts';
export {
  applicationMetrics,
  isApplicationMetric,
  isCanaryMetric,
  metricNames,
  metricUnit,
  needsHistogram,
  waitGroups,
  waitMetrics,
  waitStatistics,
  type ApplicationMetric,
  type MetricName,
  type MetricUnit,
  type WaitGroup,
  type WaitMetric,
  type WaitStatistic,
} from '../profile/metric.ts';

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
  /** Null for the first experiment, which only measures the run queue. */
  readonly application: ApplicationSpec | null;
  /** k: 1 is real time. Loads and faults are as they were written. */
  readonly timeCompression: number;
  /** Length of a trial; its first `warmupMs` are not used. */
  readonly trialMs: number;
  readonly warmupMs: number;
  /** How often samples are taken, after time compression. */
  readonly sampleMs: number;
  readonly canary: CanarySpec | null;
  readonly bounds: Bounds | null;
  readonly prices: Prices | null;
  readonly limits: Limits;
  readonly arms: readonly Arm[];
  readonly loads: readonly Load[];
  readonly hypotheses: readonly Hypothesis[];
  readonly blocks: readonly PlannedBlock[];
}
