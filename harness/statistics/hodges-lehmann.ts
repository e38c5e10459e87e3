import { median, sortSample } from './quantile.ts';

/**
 * The one-sample Hodges-Lehmann estimate of a shift: the median of the n (n + 1) / 2 Walsh averages (a + b) / 2 of each value with
 * each later one and with itself (Hodges and Lehmann 1963). In the unit of the values. It estimates the median where differences
 * are symmetric, and the pseudo-median otherwise.
 *
 * A failed trial is an infinite value. Averages with it are infinite, and as long as they are few enough the estimate is a number.
 * @returns null if there are no values, if the estimate would be infinite, or if both Infinity and -Infinity occur
 */
export function hodgesLehmann(values: readonly number[]): number | null {
  if (values.includes(Infinity) && values.includes(-Infinity)) return null;
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let filled = 0;
  values.forEach((a, index) => {
    // Halved first, because the sum of two large values may overflow.
    for (const b of values.slice(index)) averages[filled++] = a / 2 + b / 2;
  });
  const estimate = median(sortSample(averages));
  return estimate !== null && Number.isFinite(estimate) ? estimate : null;
}
