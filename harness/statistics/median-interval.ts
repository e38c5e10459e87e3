import { sortSample } from './quantile.ts';

/** A closed interval that holds the median, and how surely. In the unit of the values; an end may be infinite. */
export interface MedianInterval {
  readonly low: number;
  readonly high: number;
  /** The share of samples whose interval holds the median: exact for continuous values, at least that with ties. 0 to 1. */
  readonly level: number;
}

/**
 * The distribution-free interval of a median, from the k-th smallest to the k-th largest value, at the smallest level that such a
 * pair reaches and that is not below `atLeast` (Thompson 1936; David and Nagaraja, Order Statistics, 3rd ed., section 7.1):
 *
 *     level = 1 - 2 P(fewer than k of n values lie below the median) = 1 - 2 P(Binomial(n, 1/2) <= k - 1)
 *
 * Assumes that the values are independent and have a common median, nothing about their shape. Levels come in steps: 96.9 % at
 * n = 6, 98.4 % at 7, 99.2 % at 8. A failed trial is an infinite value, and then an end may be unbounded.
 * @param atLeast above 0, below 1
 * @returns null if even the whole range does not reach `atLeast`: below 6 values for 0.95
 */
export function medianInterval(values: readonly number[], atLeast = 0.95): MedianInterval | null {
  if (!(atLeast > 0 && atLeast < 1)) throw new RangeError(`The level is ${atLeast}; it must be between 0 and 1.`);
  const sample = sortSample(values);
  let chosen: MedianInterval | null = null;
  let outside = 0n;
  let binomial = 1n;
  for (let k = 1; 2 * k <= sample.length; k++) {
    outside += binomial;
    binomial = (binomial * BigInt(sample.length - k + 1)) / BigInt(k);
    const level = insideShare(outside, sample.length);
    const low = sample[k - 1];
    const high = sample[sample.length - k];
    if (level < atLeast || low === undefined || high === undefined) break;
    chosen = { low, high, level };
  }
  return chosen;
}

/** 1 - 2 outside / 2^n, exact up to n = 53 and rounded down beyond, so that no more is promised than is kept. */
function insideShare(outside: bigint, n: number): number {
  const every = 1n << BigInt(n);
  return Number(((every - 2n * outside) << 53n) / every) / 2 ** 53;
}
