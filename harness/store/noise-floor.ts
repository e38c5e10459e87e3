import type { MetricName } from '../plan/plan.ts';

/** A number that may be unbounded: a failed trial is worse than any number (design 4.5). JSON has no infinity. */
export type Extended = number | 'infinity' | '-infinity';

/** What a metric shows by accident: the interval of the difference between two arms that do the same, on this testbed. */
export interface NoiseFloor {
  readonly metric: MetricName;
  readonly low: Extended;
  readonly high: Extended;
  readonly blocks: number;
  /** The A/A experiment that it is from. */
  readonly experiment: string;
}
