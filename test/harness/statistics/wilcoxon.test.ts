import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signFlipTest } from '../../../harness/statistics/sign-flip.ts';
import { wilcoxonTest } from '../../../harness/statistics/wilcoxon.ts';
import { golden } from './golden.ts';

test('without ties statistic and p are those of SciPy', () => {
  for (const { differences, statistic, p } of golden.wilcoxonExact) {
    const result = wilcoxonTest(differences);
    expect(Math.min(result.plus, result.minus)).toBe(statistic);
    expect(result.p).toBeCloseTo(p, 12);
  }
});

test('with ties and zeros the statistic is SciPy’s, and the p that of full enumeration', () => {
  for (const { differences, statistic, pairs, p } of golden.wilcoxonTied) {
    const result = wilcoxonTest(differences);
    expect({ statistic: Math.min(result.plus, result.minus), pairs: result.pairs, p: result.p }).toEqual({
      statistic,
      pairs,
      p,
    });
  }
});

test('with more values than 53, where sums round, p is still exact to 12 digits, and near the normal approximation', () => {
  for (const { differences, statistic, p, approximateP } of golden.wilcoxonLarge) {
    const result = wilcoxonTest(differences);
    expect(Math.min(result.plus, result.minus)).toBe(statistic);
    expect(result.p / p).toBeCloseTo(1, 12);
    expect(Math.abs(result.p - approximateP)).toBeLessThan(0.01);
  }
});

test('zeros are dropped before ranking', () => {
  expect(wilcoxonTest([0, 1, 0, -2, 3])).toEqual(wilcoxonTest([1, -2, 3]));
  expect(wilcoxonTest([0, 0])).toEqual({ plus: 0, minus: 0, pairs: 0, p: 1 });
});

test('without zeros it is the sign-flip test', () => {
  const nonZero = fc.double({ noNaN: true }).filter((value) => value !== 0);
  fc.assert(
    fc.property(fc.array(nonZero, { maxLength: 30 }), (differences) => {
      const { plus, minus, p } = wilcoxonTest(differences);
      expect(signFlipTest(differences)).toEqual({ statistic: plus - minus, p });
    }),
  );
});

test('with zeros the two tests differ, because a kept zero changes the ratio of the other ranks', () => {
  const differences = [0, 0, 0, -1, 2, 3, 4, 5, 6];
  // Dropped: sums of at most 1 out of 21 on one side: 2 x 2 of 64. Kept: ranks 4 to 9, the smallest again negative: the same.
  expect(wilcoxonTest(differences).p).toBe(4 / 64);
  expect(signFlipTest(differences).p).toBe(4 / 64);
  // Dropped, the ranks 1 and 2 are as far from the end as 3 alone; kept, the ranks 4 and 5 weigh more than 6.
  const oneLarger = [0, 0, 0, 1, 2, -3, 4, 5, 6];
  expect(wilcoxonTest(oneLarger).p).toBe(10 / 64);
  expect(signFlipTest(oneLarger).p).toBe(8 / 64);
});
