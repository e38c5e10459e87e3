/**
 * Holm's step-down adjustment (Holm 1979): the chance of one or more false rejections among all hypotheses, when those are rejected
 * whose adjusted p is at most alpha, is at most alpha, whatever the dependence between them and whichever of them are true.
 *
 * With p_(1) <= ... <= p_(m) the adjusted p of rank i is the largest of min(1, (m - j + 1) p_(j)) over j <= i. A hypothesis that
 * could not be tested still counts: give it p = 1.
 * @param pValues 0 to 1, one for each of the m hypotheses named before the run
 * @returns adjusted p in the order of the argument, each at least the p it came from
 */
export function holm(pValues: readonly number[]): number[] {
  for (const p of pValues) if (!(p >= 0 && p <= 1)) throw new RangeError(`A p-value is ${p}; it must be from 0 to 1.`);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  [...pValues.entries()]
    .sort(([, a], [, b]) => a - b)
    .forEach(([index, p], rank) => {
      largest = Math.max(largest, Math.min(1, (pValues.length - rank) * p));
      adjusted[index] = largest;
    });
  return adjusted;
}
