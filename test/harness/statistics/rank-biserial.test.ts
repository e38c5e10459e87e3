import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankBiserial } from '../../../harness/statistics/rank-biserial.ts';
import { golden, numberOf } from './golden.ts';

test('it is the signed share of the rank sum, with ties, zeros and failed trials', () => {
  for (const { differences, rankBiserial: expected } of golden.signFlip) {
    const value = rankBiserial(differences.map(numberOf));
    if (expected === null) expect(value).toBeNull();
    else expect(value).toBeCloseTo(expected, 12);
  }
});

test('ten blocks without a difference and two with one are a weak effect, not a perfect one', () => {
  const differences = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2];
  expect(rankBiserial(differences)).toBeCloseTo(23 / 78, 12);
});

test('it is 1 exactly when all differences are positive, and a mirror changes its sign', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 9 }), { minLength: 1, maxLength: 20 }), (differences) => {
      const value = rankBiserial(differences) ?? NaN;
      expect(value === 1).toBe(differences.every((difference) => difference > 0));
      expect(rankBiserial(differences.map((difference) => -difference))).toBeCloseTo(-value, 12);
    }),
  );
});
