/**
 * Blocks without which no comparison can be ranked: the smallest n with 2^n >= 40 m, so 6 for m = 1, 7 for 3, 8 for 4.
 *
 * The smallest p of the sign-flip test of n differences is 2 / 2^n. Holm multiplies the smallest of m by m, and
 * m 2 / 2^n <= 0.05 is 2^n >= 40 m. With fewer blocks even a difference that shows in every one of them is not shown at 5 %.
 * @param comparisons m, the primary hypotheses named before the run: a whole number from 1
 */
export function blocksNeeded(comparisons: number): number {
  if (!(Number.isSafeInteger(comparisons) && comparisons >= 1)) {
    throw new RangeError(`The number of comparisons is ${comparisons}; it must be a whole number from 1.`);
  }
  let blocks = 0;
  for (let assignments = 1; assignments < 40 * comparisons; assignments *= 2) blocks++;
  return blocks;
}
