import type { GeneratorEvidence } from '../telemetry/evidence.ts';
import type { ReplicaEvent } from '../telemetry/application-reading.ts';
import type { RequestOutcome } from '../telemetry/request-log.ts';
import type { DecisionKind } from '../telemetry/action.ts';
import type { SpanTime } from './span-time.ts';
import type { Spread } from './summary.ts';
import type { TimePart } from './request-time.ts';

/**
 * What the figures and tables about an application and its load show, of the counted valid trials. A spread is the median and range over
 * the trials of an arm. Of the measured part, but for what goes over time.
 */
export interface ApplicationFigureData {
  /** By arm and endpoint, all endpoints together first. Endpoints that were never asked for are missing. */
  readonly requests: readonly ArmRequests[];
  /** By arm, in the order of time. */
  readonly loadOverTime: readonly LoadPoint[];
  /** By arm and load, in the order of time. */
  readonly armsOverTime: readonly ArmPoint[];
  /** By arm. Of all trials that count, failed ones too; empty without a policy. */
  readonly actions: readonly ActionMark[];
  /** By arm, the most frequent first; the rarest of very many are left out. */
  readonly refusals: readonly Refusal[];
  readonly services: readonly ServiceNumbers[];
  /** By arm and service, in the order of time. */
  readonly servicesOverTime: readonly ServicePoint[];
  readonly breakdowns: readonly ArmBreakdown[];
  /** What has no breakdown for want of an answer. */
  readonly unansweredQuantiles: readonly UnansweredQuantile[];
  /** By arm. Of all trials that count, failed ones too. */
  readonly events: readonly ArmEvents[];
  readonly generators: LoadGenerators;
}

/** The requests of one arm: what became of them, and how long they took. */
export interface ArmRequests {
  readonly arm: string;
  /** Null for all endpoints together. */
  readonly endpoint: string | null;
  readonly trials: number;
  /** Over all trials. */
  readonly offered: number;
  readonly byOutcome: Readonly<Record<RequestOutcome, number>>;
  /** From the due instant, of those offered, in milliseconds; one that was not answered with success took the whole time-out. */
  readonly latencyMs: Readonly<Record<LatencyQuantile, Spread | null>>;
  /**
   * For falling shares: the latency that so many of the requests offered exceeded. One that was not answered with success is slower than
   * any, so a latency may be Infinity.
   */
  readonly curve: readonly { readonly slowerShare: number; readonly latencyMs: Spread }[];
}

export const latencyQuantiles = { p50: 0.5, p95: 0.95, p99: 0.99, 'p99.9': 0.999 } as const;
export type LatencyQuantile = keyof typeof latencyQuantiles;

/** One step of time: `[fromMs, toMs)` from the start of the trial. Rates are per second. */
interface Step {
  readonly arm: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface LoadPoint extends Step {
  readonly offered: Spread;
  /** Answered with success in the step, whenever they were due. */
  readonly completed: Spread;
  /**
   * Answered with an error, given up on, or not connected in the step; and unfinished ones that were due in it. The mean over the trials: a
   * median would hide what went wrong in a few of them.
   */
  readonly failed: number;
  /** Due in the step and held back, for whatever reason; the mean again. */
  readonly notSent: number;
  /** The latency that 5 % of the requests due in the step exceeded; Infinity if more than 5 % failed. Null if none was due. */
  readonly p95Ms: Spread | null;
}

/** What an arm was asked for, what it gave and what came of it, in one step of time under one load. */
export interface ArmPoint extends Step {
  readonly load: string;
  /** Requests due per second. */
  readonly offered: Spread;
  /** Of all fronts and services, ready at the ends of samples; the mean over the step. */
  readonly replicas: Spread | null;
  /** Of their replicas together, whether ready or not; null if one has no limit. */
  readonly limitCores: Spread | null;
  readonly usedCores: Spread | null;
  /** Of all replicas of the application, stores too; null without a histogram, or if nothing waited. */
  readonly waitP95Seconds: Spread | null;
  /** Of the requests due in the step; one that was not answered with success took the whole time-out. Null if none was due. */
  readonly p99Ms: Spread | null;
  readonly violationShare: Spread | null;
}

/** Actions of one kind and direction on one service that an arm wanted in one step of time, in all of its trials under a load. */
export interface ActionMark extends Step {
  readonly load: string | null;
  readonly service: string;
  readonly kind: DecisionKind;
  /** Against what the service had before; `none` for placements and for what was refused. */
  readonly direction: 'more' | 'less' | 'none';
  readonly isRefused: boolean;
  readonly count: number;
}

/** What was asked for, refused, and why, in all trials of an arm. */
export interface Refusal {
  readonly arm: string;
  readonly service: string;
  readonly kind: DecisionKind;
  readonly reason: string;
  readonly count: number;
}

export interface ServicePoint extends Step {
  readonly service: string;
  /** Mean over the trials: means of services add up. Null if no replica of it was read. */
  readonly cpuCores: number | null;
  /** p95 of the waits of all its replicas in all trials, whatever their cause; null without a histogram, or if nothing waited. */
  readonly waitP95Seconds: number | null;
}

/** A service in one arm. */
export interface ServiceNumbers {
  readonly arm: string;
  readonly service: string;
  /** Ready at the end of a sample: the fewest and the most. */
  readonly replicas: { readonly fewest: number; readonly most: number };
  /** Ready at the ends of samples: the mean over a trial. */
  readonly meanReplicas: Spread | null;
  /** Of all its replicas together, whether ready or not: the mean over a trial; null if one has no limit. */
  readonly limitCores: Spread | null;
  readonly cpuCores: Spread | null;
  /** Periods of its CPU limit in which it was throttled, of those in which it had work; null without a limit. */
  readonly throttledShare: Spread | null;
  readonly waitP95Seconds: Spread | null;
  /** The most that one replica held at the end of a sample, in any trial, and its limit then. */
  readonly memory: { readonly bytes: number; readonly limitBytes: number | null } | null;
  /** Over all of all trials, warm-up included. */
  readonly oomKills: number | null;
  readonly restarts: number;
  /** Answered per second by all its replicas, and errors over all trials. */
  readonly requestsPerSecond: Spread | null;
  readonly errors: number | null;
  /** Over whole trials, by whoever; null without a policy. What changed nothing is not counted. */
  readonly actions: { readonly accepted: number; readonly refused: number } | null;
  /** The longest from the start of a replica to its first answer, in any trial, of those that were started during it. */
  readonly startToAnswerMs: number | null;
}

/** What happened to replicas of a service in an arm, over whole trials. */
export interface ArmEvents {
  readonly arm: string;
  readonly type: ReplicaEvent['type'];
  readonly service: string;
  readonly times: number;
  /** Trials in which it happened. */
  readonly trials: number;
  /** From the start of the trial; `trials` of it counts the times. */
  readonly atMs: Spread;
}

/** Where the time of the requests next to a quantile went: the mean over the trials of an arm. */
export interface ArmBreakdown {
  readonly arm: string;
  readonly quantile: 'p50' | 'p99';
  readonly trials: number;
  /** Requests with spans that were averaged, over all trials. */
  readonly traces: number;
  /** The quantile of all requests offered, those without spans too. */
  readonly quantileMs: Spread;
  /** Latencies of those averaged. The parts add up to their mean. */
  readonly latencyMs: { readonly mean: number; readonly low: number; readonly high: number };
  readonly parts: Readonly<Record<TimePart, number>>;
  /** Those with the most time on the critical path first. */
  readonly services: readonly { readonly service: string; readonly isStore: boolean; readonly time: SpanTime }[];
}

/** Trials of an arm whose request at this quantile was not answered with success: nothing tells where its time went. */
export interface UnansweredQuantile {
  readonly arm: string;
  readonly quantile: 'p50' | 'p99';
  readonly trials: number;
}

/** With what the load was sent. */
export interface LoadGenerators {
  /** Each kind that trials had, in the order of the first; one where nothing changed on the way. */
  readonly kinds: readonly (Pick<GeneratorEvidence, 'driver' | 'version' | 'priority' | 'priorityNote'> & {
    readonly trials: number;
  })[];
  /** Blocks in which more than one trial counts, and the numbers of those whose trials were not all sent the same schedule. */
  readonly sharedBlocks: number;
  readonly differingBlocks: readonly number[];
}
