declare const sorted: unique symbol;

/** Values in ascending order, none of them NaN; infinities are allowed. Only `sortSample` makes one. */
export interface SortedSample extends ArrayLike<number> {
  readonly [sorted]: true;
}

/** Sorts a copy. Any number but NaN may be in it; a missing value has no place in a sample. */
export function sortSample(values: ArrayLike<number>): SortedSample {
  const copy = Float64Array.from(values).sort();
  // A typed array sorts NaN to its end.
  if (Number.isNaN(copy.at(-1))) throw new RangeError('A sample holds a value that is not a number.');
  // The brand says that the order was established, and here it was.
  return copy as ArrayLike<number> as SortedSample;
}

/**
 * The quantile of type 7 (Hyndman and Fan 1996, definition 7; the default of R and NumPy): linear between the order statistics
 * around position (n - 1) p. In the unit of the sample. With infinities in the sample it may be infinite.
 * @param p 0 to 1
 * @returns null for an empty sample, and where the position falls between -Infinity and Infinity
 */
export function quantile(sample: SortedSample, p: number): number | null {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A quantile is asked for at ${p}; it must be from 0 to 1.`);
  const position = (sample.length - 1) * p;
  const low = sample[Math.floor(position)];
  const high = sample[Math.ceil(position)];
  if (low === undefined || high === undefined) return null;
  const share = position - Math.floor(position);
  if (share === 0) return low;
  const between = (1 - share) * low + share * high;
  // Rounding must not carry the value out of the gap in which it lies.
  return Number.isNaN(between) ? null : Math.min(high, Math.max(low, between));
}

/** The middle value, or the mean of the two middle values: `quantile` at 0.5. */
export function median(sample: SortedSample): number | null {
  return quantile(sample, 0.5);
}
