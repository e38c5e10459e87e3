import type { MetricName } from '../plan/plan.ts';
import type { DecisionKind } from '../telemetry/action.ts';
import type { WaitSource } from '../telemetry/sample.ts';
import type { Extended, NoiseFloor } from '../store/noise-floor.ts';
import type { Verdict } from '../store/verdict.ts';

export type { Extended, NoiseFloor } from '../store/noise-floor.ts';

/** Every number the report shows is here or in `FigureData`. Waits are in seconds; `total` is wait seconds per second. */
export interface Summary {
  readonly format: 1;
  readonly experiment: {
    readonly id: string;
    /** Path of the profile under `profiles/`, without its extension. */
    readonly name: string;
    readonly planHash: string;
    readonly testbed: 'sim' | 'local';
    readonly source: WaitSource;
    readonly aa: boolean;
    readonly startedAt: string;
    readonly endedAt: string | null;
    /** `running` also means: was stopped and can go on. */
    readonly status: 'running' | 'complete' | 'too-many-invalid';
  };
  readonly blocks: BlockCounts;
  readonly arms: readonly ArmSummary[];
  readonly comparisons: readonly Comparison[];
  /** Empty with one load. */
  readonly acrossLoads: readonly AcrossLoads[];
  /** Of the metrics of the hypotheses; empty if this testbed has no A/A experiment with them. */
  readonly noise: readonly NoiseFloor[];
  /** Every attempt, in the order in which it was started. */
  readonly trials: readonly TrialRow[];
  readonly warnings: readonly SummaryWarning[];
}

export interface BlockCounts {
  readonly planned: number;
  /** Blocks in which every arm has a valid or failed trial. */
  readonly complete: number;
  /** Blocks given up because a trial stayed invalid or a pause came between its trials. */
  readonly setAside: number;
  /** Fresh blocks appended in their place. */
  readonly fresh: number;
  /** Complete blocks needed to rank: log2(40 m), rounded up. */
  readonly neededToRank: number;
}

/** Median and range over the trials of an arm; null where no trial has the number. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly trials: number;
}

export interface ArmSummary {
  readonly name: string;
  readonly valid: number;
  readonly failed: number;
  /** Invalid attempts, by reason code; an attempt with two reasons counts under both. */
  readonly invalid: number;
  readonly invalidReasons: Readonly<Record<string, number>>;
  readonly metrics: Readonly<Record<MetricName, Spread | null>>;
  /** Share of the wait of all tasks that was throttling, 0 to 1. */
  readonly throttledShare: Spread | null;
  /** Share of CPU time that everything on the machine used, 0 to 1. */
  readonly busyShare: Spread | null;
  /** Of it, what neither the application nor the load generator used. */
  readonly otherShare: Spread | null;
  /** Of `canarySkippedShare` of its trials. */
  readonly canarySkippedShare: Spread | null;
  /** Null without a load that a generator sent. Counts are over all valid trials. */
  readonly load: {
    readonly offered: number;
    readonly completed: number;
    readonly failed: number;
    readonly notSentInFlight: number;
    readonly notSentGenerator: number;
    readonly latenessP50Ms: Spread | null;
    readonly latenessP99Ms: Spread | null;
    readonly latenessMaxMs: Spread | null;
    readonly generatorCpuShare: Spread | null;
  } | null;
  /** Null without a policy. Counts are over all valid trials. */
  readonly control: {
    readonly medianStepMs: Spread | null;
    readonly cpuCores: Spread | null;
    readonly residentBytes: Spread | null;
    readonly accepted: Readonly<Record<DecisionKind, number>>;
    readonly refused: number;
    readonly superseded: number;
    readonly conflicts: number;
    readonly lateSteps: number;
    readonly missedSteps: number;
  } | null;
  /** By scripted change of the load, over trials; empty without one. */
  readonly reactions: readonly {
    readonly load: string;
    readonly atMs: number;
    readonly detectSeconds: Spread | null;
    readonly actSeconds: Spread | null;
    readonly recoverSeconds: Spread | null;
    /** Trials that had recovered, of those with this change. */
    readonly recovered: number;
    readonly trials: number;
  }[];
  /** Null without an application. */
  readonly application: {
    readonly throttledSeconds: Spread | null;
    readonly mostMemoryBytes: Spread | null;
    readonly oomKills: number;
    readonly restarts: number;
  } | null;
  readonly tracer: {
    /** CPU of the helper, in cores. */
    readonly userCores: Spread | null;
    readonly residentBytes: Spread | null;
    /** CPU of its kernel part in cores: events per second times the time of one, measured in the warm-up. */
    readonly kernelCores: Spread | null;
    /** Context switches that it saw, as a share of those the kernel counted. */
    readonly coverage: Spread | null;
    readonly lost: number;
    readonly unknown: number;
    readonly negative: number;
  };
}

/** One hypothesis under one load, judged over complete blocks, paired. Differences are arm minus against. */
export interface Comparison {
  readonly arm: string;
  readonly against: string;
  readonly metric: MetricName;
  readonly load: string | null;
  readonly differences: readonly { readonly block: number; readonly difference: Extended }[];
  /** Blocks of these whose arm or against failed. */
  readonly failedBlocks: number;
  /**
   * Medians of the values of the two over these blocks, a failed trial as infinity; null without a block. In the unit of the
   * metric. Their difference is near `medianDifference`, and rarely the same.
   */
  readonly levels: { readonly arm: Extended | null; readonly against: Extended | null };
  readonly medianDifference: Extended | null;
  /** Median difference divided by the median of `against`; null if that is 0 or missing. */
  readonly relativeDifference: number | null;
  /** Exact order-statistic interval of the median difference, at the level it reaches; null with fewer than 6 blocks. */
  readonly interval: { readonly low: Extended; readonly high: Extended; readonly level: number } | null;
  /** Exact sign-flip test, two-sided; and the same after Holm's correction over all m comparisons. */
  readonly p: number | null;
  readonly pHolm: number | null;
  readonly hodgesLehmann: number | null;
  /** Matched-pairs rank-biserial correlation, -1 to 1. */
  readonly rankBiserial: number | null;
  /** `higher` and `lower` say where `arm` lies; `not-shown`: a difference was not shown; else too few blocks to rank. */
  readonly ranking: 'higher' | 'lower' | 'not-shown' | 'too-few-blocks';
  readonly blocksMissing: number;
  /** The margin of the hypothesis in the unit of the metric: a share is taken of the level of `against`; null without one, or without a level. */
  readonly margin: number | null;
  /**
   * `equal`: the interval lies inside the margin (design 4.5); `not-shown`: it does not, or there are too few blocks; null without a margin.
   */
  readonly equivalence: 'equal' | 'not-shown' | null;
}

/** A hypothesis over all loads of an experiment that has several: blocks of whatever load together. A description, not a test. */
export interface AcrossLoads {
  readonly arm: string;
  readonly against: string;
  readonly metric: MetricName;
  /** By load, as in `comparisons`. */
  readonly medians: readonly { readonly load: string; readonly medianDifference: Extended | null }[];
  /** Of the medians of the loads, each load counting the same. */
  readonly mean: number | null;
  /** Loads under which the arm is higher, lower, or neither was shown. */
  readonly higher: number;
  readonly lower: number;
}

export interface TrialRow {
  readonly id: string;
  readonly block: number;
  /** Of its block. */
  readonly load: string | null;
  readonly arm: string;
  readonly attempt: number;
  readonly startedAt: string;
  readonly verdict: Verdict;
  /** False if its block was set aside or the attempt was repeated. */
  readonly counted: boolean;
  readonly metrics: TrialMetrics | null;
}

/** The numbers of one trial over its measured part (warm-up cut). */
export interface TrialMetrics {
  /** Waits and latencies in seconds, shares 0 to 1, CPU in cores. */
  readonly values: Readonly<Record<MetricName, number | null>>;
  /** Null without a load that a generator sent. */
  readonly load: LoadMetrics | null;
  /** Null without an application. */
  readonly application: ApplicationMetrics | null;
  /** Null without a policy. */
  readonly control: ControlMetrics | null;
  /** For each scripted change of the load in the measured part; empty without one. */
  readonly reactions: readonly Reaction[];
  readonly throttledShare: number | null;
  /**
   * Wake-ups that the canary left out, because the one before was late, of all that were due: 0 to 1, and over the whole trial.
   * Their waits are missing, and they would have been long. null without a canary.
   */
  readonly canarySkippedShare: number | null;
  readonly switches: number | null;
  readonly stolenShare: number | null;
  readonly busyShare: number | null;
  /** Of it, what neither the application nor the load generator used. */
  readonly otherShare: number | null;
  readonly tracer: {
    readonly userCores: number;
    readonly residentBytes: number;
    readonly kernelCores: number | null;
    /** Context switches that it saw, as a share of those the kernel counted. Read one after the other, so it may pass 1 a little. */
    readonly coverage: number | null;
    readonly lost: number;
    readonly unknown: number;
    readonly negative: number;
  } | null;
}

/** Of the requests that were due in the measured part. */
export interface LoadMetrics {
  readonly offered: number;
  /** Answered with success. */
  readonly completed: number;
  /** Answered with an error, timed out, not connected, or unfinished at the end. */
  readonly failed: number;
  readonly timedOut: number;
  /** Held back because too many were in flight: the application did not answer. */
  readonly notSentInFlight: number;
  /** Not sent for reasons of the generator's own. */
  readonly notSentGenerator: number;
  /** From the due instant, of those offered; one that was not answered with success took the whole time-out. */
  readonly latencySeconds: Readonly<Record<'p50' | 'p95' | 'p99' | 'p999' | 'mean', number | null>>;
  /** Of those offered: answered later than the objective, or not with success. */
  readonly violationShare: number | null;
  /** Send instant minus due instant. */
  readonly latenessP50Ms: number | null;
  readonly latenessP99Ms: number | null;
  readonly latenessMaxMs: number | null;
  /** CPU of the generator, of what it could use. */
  readonly generatorCpuShare: number | null;
}

/** What the policy did, over the whole trial, and what it cost. */
export interface ControlMetrics {
  readonly steps: number;
  /** Steps that took longer than the interval; steps left out because an earlier one still ran. */
  readonly lateSteps: number;
  readonly missedSteps: number;
  readonly medianStepMs: number | null;
  readonly mostStepMs: number | null;
  /** Cores that it used on average; null if that is not known. */
  readonly cpuCores: number | null;
  readonly residentBytes: number | null;
  /** Actions that were accepted, by kind of decision. */
  readonly accepted: Readonly<Record<DecisionKind, number>>;
  readonly refused: number;
  readonly superseded: number;
  /** Steps that both resized and rescaled one service. */
  readonly conflicts: number;
  /** From accepted to effective, of what changed replicas. */
  readonly medianReplicasEffectiveMs: number | null;
}

/** How an arm answered to a change of the load (policies.md 11.4). Seconds from the change; null if it never happened in the trial. */
export interface Reaction {
  readonly atMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
  /** Until the first decision in the direction of the change that was accepted. */
  readonly detectSeconds: number | null;
  /** Until the first of these was effective. */
  readonly actSeconds: number | null;
  /** Until the objective was met again for `recoveredForSeconds`; 0 if it was never missed. */
  readonly recoverSeconds: number | null;
}

export interface ApplicationMetrics {
  readonly cpuCores: number | null;
  /** Over all replicas. */
  readonly throttledSeconds: number | null;
  /** The most that all replicas together held at the end of a sample. */
  readonly mostMemoryBytes: number | null;
  /** Over the whole trial. */
  readonly oomKills: number;
  readonly restarts: number;
}

/** Printed beside the numbers by every output, never dropped on the way. */
export interface SummaryWarning {
  readonly code: string;
  readonly text: string;
  readonly hint: string | null;
}
