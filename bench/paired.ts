import { medianInterval } from '../harness/statistics/median-interval.ts';
import type { MedianInterval } from '../harness/statistics/median-interval.ts';
import { median, sortSample } from '../harness/statistics/quantile.ts';

/** The median of differences that belong together round by round, with its exact interval (design, section 4.5). */
export interface PairedDifference {
  readonly median: number;
  /** Null below 6 rounds. */
  readonly interval: MedianInterval | null;
}

export function middle(values: readonly number[]): number {
  const value = median(sortSample(values));
  if (value === null) throw new Error('Nothing was measured.');
  return value;
}

export function pairedDifference(values: readonly number[], others: readonly number[]): PairedDifference {
  const differences = values.map((value, round) => value - (others[round] ?? NaN));
  return { median: middle(differences), interval: medianInterval(differences, 0.95) };
}
