import { median, sortSample } from '../statistics/quantile.ts';
import type { Spread } from './summary.ts';

/** Median and range of what the trials of an arm have of a number; null if none has it. Infinity is a number here. */
export function spreadOf(values: readonly (number | null)[]): Spread | null {
  const known = sortSample(values.filter((value) => value !== null));
  const [low, middle, high] = [known[0], median(known), known[known.length - 1]];
  if (low === undefined || middle === null || high === undefined) return null;
  return { median: middle, low, high, trials: known.length };
}
