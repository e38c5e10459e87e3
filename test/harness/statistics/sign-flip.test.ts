import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stream } from '../../../harness/core/random.ts';
import { holm } from '../../../harness/statistics/holm.ts';
import { medianInterval } from '../../../harness/statistics/median-interval.ts';
import { signFlipTest } from '../../../harness/statistics/sign-flip.ts';
import { golden, numberOf } from './golden.ts';
import { allowance, simulatedSizes, skewedDistributions } from './skewed-distribution.ts';

const alpha = 0.05;

test('statistic and p are those of full enumeration, with ties, zeros and failed trials', () => {
  for (const { differences, statistic, p } of golden.signFlip) {
    expect(signFlipTest(differences.map(numberOf)), JSON.stringify(differences)).toEqual({ statistic, p });
  }
});

test('a zero takes a rank and so lifts the others, but has no sign', () => {
  // Ranks of the sizes 0, 1, 2: 1, 2, 3.
  expect(signFlipTest([0, 1, 2])).toEqual({ statistic: 5, p: 0.5 });
});

test('failed trials share the largest rank, whatever their sign', () => {
  expect(signFlipTest([Infinity, 5, -Infinity, 4]).statistic).toBe(3);
  expect(signFlipTest([Infinity, 5, Infinity, 4]).statistic).toBe(10);
});

test('no differences, or only zeros, are no evidence', () => {
  expect(signFlipTest([])).toEqual({ statistic: 0, p: 1 });
  expect(signFlipTest([0, -0, 0])).toEqual({ statistic: 0, p: 1 });
});

test('a difference that is not a number is refused', () => {
  expect(() => signFlipTest([1, NaN])).toThrow(new RangeError('A difference is not a number.'));
});

test('n differences of one sign reach p = 2^(1-n), and no less, up to hundreds of blocks', () => {
  for (const n of [1, 6, 30, 53, 54, 200]) {
    expect(signFlipTest(Array.from({ length: n }, (_, index) => index + 1)).p).toBe(2 ** (1 - n));
  }
});

test('test and median interval answer different questions, and may disagree either way', () => {
  const oneSmallBackwards = [-1, 2, 3, 4, 5, 6, 7, 8];
  expect(signFlipTest(oneSmallBackwards).p).toBe(4 / 256);
  expect(medianInterval(oneSmallBackwards)).toMatchObject({ low: -1, high: 8 });
  const oneLargeBackwards = [1, 2, 3, 4, 5, 6, 7, 8, -9];
  expect(signFlipTest(oneLargeBackwards).p).toBeGreaterThan(alpha);
  expect(medianInterval(oneLargeBackwards)).toMatchObject({ low: 1, high: 7 });
});

test('p is never above 1, although the probabilities of 60 blocks are rounded', () => {
  const balanced = Array.from(
    { length: 60 },
    (_, index) => (index % 4 === 0 || index % 4 === 3 ? 1 : -1) * (index + 1),
  );
  expect(signFlipTest(balanced)).toEqual({ statistic: 0, p: 1 });
});

const differences = fc.array(
  fc.oneof(fc.integer({ min: -4, max: 4 }), fc.constantFrom(Infinity, -Infinity), fc.double({ noNaN: true })),
  { maxLength: 60 },
);

test('order and unit of the differences do not matter, and a mirror only changes the sign of the statistic', () => {
  fc.assert(
    fc.property(differences, (values) => {
      const { statistic, p } = signFlipTest(values);
      expect(p).toBeGreaterThan(0);
      expect(p).toBeLessThanOrEqual(1);
      expect(signFlipTest(values.toReversed()).p).toBe(p);
      const mirrored = signFlipTest(values.map((value) => -value));
      expect(mirrored.statistic).toBeCloseTo(-statistic, 10);
      expect(mirrored.p).toBe(p);
    }),
  );
});

test('over all sign assignments of given sizes, p is at most alpha in at most a share alpha of them', () => {
  const sizes = fc.array(fc.constantFrom(0, 1, 2, 3, 5, Infinity), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(sizes, fc.double({ min: 0.005, max: 1, noNaN: true }), (magnitudes, level) => {
      const assignments = 2 ** magnitudes.length;
      let rejected = 0;
      for (let signs = 0; signs < assignments; signs++) {
        const flipped = magnitudes.map((size, index) => ((signs >> index) & 1 ? size : -size));
        if (signFlipTest(flipped).p <= level) rejected++;
      }
      expect(rejected / assignments).toBeLessThanOrEqual(level);
    }),
    { numRuns: 30 },
  );
});

/*
 * The null hypothesis of the test is that the two arms of a block are exchangeable. The randomised order of the arms gives that when
 * the arm does not matter: both values of a block then come from one distribution, however skewed, and their difference is symmetric.
 * Each block here also has a level and a spread of its own, as blocks hours apart have.
 */
describe('when the arm does not matter, the test finds a difference in at most a share alpha of the experiments', () => {
  const rounds = 8_000;
  for (const distribution of skewedDistributions) {
    test(distribution.name, () => {
      for (const n of simulatedSizes) {
        const random = stream(20260801, `false-positives/${distribution.name}/${n}`);
        let found = 0;
        for (let round = 0; round < rounds; round++) {
          const values = Array.from({ length: n }, (_, block) => {
            const [level, spread] = [block % 3, 1 + block];
            return level + spread * distribution.draw(random) - (level + spread * distribution.draw(random));
          });
          if (signFlipTest(values).p <= alpha) found++;
        }
        expect(found / rounds, `n = ${n}`).toBeLessThan(alpha + allowance(alpha, rounds));
      }
    });
  }
});

describe('with Holm over three comparisons, the family-wise share of false findings is at most alpha', () => {
  const rounds = 3_000;
  for (const distribution of skewedDistributions) {
    test(distribution.name, () => {
      for (const n of simulatedSizes) {
        const random = stream(20260801, `family/${distribution.name}/${n}`);
        let allNull = 0;
        let oneTrue = 0;
        for (let round = 0; round < rounds; round++) {
          // Three arms against one, as in the first profile: the comparisons share it and so depend on each other.
          const against = Array.from({ length: n }, () => distribution.draw(random));
          const arms = [0, 1, 2].map(() => against.map((value) => distribution.draw(random) - value));
          const p = arms.map((values) => signFlipTest(values).p);
          if (holm(p).some((adjusted) => adjusted <= alpha)) allNull++;
          // Now the first arm differs in every block; a false finding can only be in the two others.
          const withEffect = [signFlipTest((arms[0] ?? []).map((value) => value + 1000)).p, ...p.slice(1)];
          if (holm(withEffect).some((adjusted, index) => index > 0 && adjusted <= alpha)) oneTrue++;
        }
        expect(allNull / rounds, `n = ${n}, no difference`).toBeLessThan(alpha + allowance(alpha, rounds));
        expect(oneTrue / rounds, `n = ${n}, one difference`).toBeLessThan(alpha + allowance(alpha, rounds));
      }
    });
  }
});
