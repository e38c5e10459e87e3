/** A quantile of values of which only the bucket is known. In the unit of the bounds. */
export interface BucketQuantile {
  /** The middle of the bucket: at most half its width from the true value. */
  readonly value: number;
  /** The true value is at least this, */
  readonly low: number;
  /** and below this: Infinity in an open-ended last bucket, whose `value` is then `low`. */
  readonly high: number;
}

/**
 * The order statistic of rank ceil(p n), and of rank 1 for p = 0, of n values counted in buckets: the smallest value that at least a
 * share p of the values does not exceed (the inverse of the empirical distribution function; Hyndman and Fan 1996, definition 1).
 * It is one of the values, never between two of them, so that its bucket is certain.
 * @param counts values in each bucket: whole numbers, 0 or more
 * @param bounds one more than there are buckets, ascending; bucket i is [bounds[i], bounds[i + 1]); the last may be Infinity
 * @param p 0 to 1
 * @returns null if nothing was counted
 */
export function quantileOfBuckets(
  counts: readonly number[],
  bounds: readonly number[],
  p: number,
): BucketQuantile | null {
  if (!(p >= 0 && p <= 1)) throw new RangeError(`A quantile is asked for at ${p}; it must be from 0 to 1.`);
  if (bounds.length !== counts.length + 1) {
    throw new RangeError(`${counts.length} buckets need ${counts.length + 1} bounds, not ${bounds.length}.`);
  }
  let total = 0;
  for (const count of counts) {
    if (!(Number.isInteger(count) && count >= 0)) throw new RangeError(`A bucket holds ${count} values.`);
    total += count;
  }
  if (total === 0) return null;
  let left = rankOf(p, total);
  const bucket = counts.findIndex((count) => (left -= count) <= 0);
  const low = bounds[bucket];
  const high = bounds[bucket + 1];
  if (low === undefined || high === undefined || !(Number.isFinite(low) && low < high)) {
    throw new RangeError(`Bucket ${bucket} has the bounds ${String(low)} and ${String(high)}, which do not ascend.`);
  }
  return { value: high === Infinity ? low : low + (high - low) / 2, low, high };
}

/** ceil(p n), from 1. A product that misses a whole number by rounding alone is taken as that number: 0.55 x 100 is 55. */
function rankOf(p: number, total: number): number {
  const product = p * total;
  const whole = Math.round(product);
  const rank = Math.abs(product - whole) <= product * 2 * Number.EPSILON ? whole : Math.ceil(product);
  return Math.max(1, rank);
}
