import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stream } from '../../../harness/core/random.ts';
import { medianInterval } from '../../../harness/statistics/median-interval.ts';
import { golden } from './golden.ts';
import { allowance, simulatedSizes, skewedDistributions } from './skewed-distribution.ts';

test('ends and level are those of the binomial distribution', () => {
  for (const { n, atLeast, k, level } of golden.medianLevels) {
    const values = Array.from({ length: n }, (_, index) => index + 1);
    const interval = medianInterval(values, atLeast);
    if (k === null || level === null) expect(interval).toBeNull();
    else {
      expect([n, interval?.low, interval?.high]).toEqual([n, k, n + 1 - k]);
      expect(interval?.level).toBeCloseTo(level, 12);
    }
  }
});

test('with 95 % asked for, 6, 7 and 8 values give their whole range at 96.9, 98.4 and 99.2 %', () => {
  expect(medianInterval([5, 3, 9, 1, 7, 2])).toEqual({ low: 1, high: 9, level: 1 - 2 / 64 });
  expect(medianInterval([5, 3, 9, 1, 7, 2, 4])).toEqual({ low: 1, high: 9, level: 1 - 2 / 128 });
  expect(medianInterval([5, 3, 9, 1, 7, 2, 4, 8])).toEqual({ low: 1, high: 9, level: 1 - 2 / 256 });
});

test('a level that is reached exactly is taken', () => {
  expect(medianInterval([1, 2, 3, 4, 5, 6], 1 - 2 / 64)?.level).toBe(1 - 2 / 64);
});

test('below 6 values there is no interval at 95 %, and none says so', () => {
  for (let n = 0; n < 6; n++) expect(medianInterval(new Array<number>(n).fill(1))).toBeNull();
});

test('an end is unbounded where trials failed', () => {
  expect(medianInterval([1, 2, 3, 4, 5, Infinity])).toEqual({ low: 1, high: Infinity, level: 0.96875 });
  expect(medianInterval([1, 2, 3, 4, 5, -Infinity])).toEqual({ low: -Infinity, high: 5, level: 0.96875 });
});

test('one failed trial in nine leaves both ends bounded, because they are the second and the second last', () => {
  expect(medianInterval([1, 2, 3, 4, 5, 6, 7, 8, Infinity])).toEqual({ low: 2, high: 8, level: 1 - 20 / 512 });
});

test('NaN and levels outside 0 to 1 are refused', () => {
  expect(() => medianInterval([1, NaN])).toThrow(new RangeError('A sample holds a value that is not a number.'));
  expect(() => medianInterval([1], 95)).toThrow(new RangeError('The level is 95; it must be between 0 and 1.'));
});

test('the interval of shifted and scaled values is the shifted and scaled interval, and a mirror mirrors it', () => {
  const samples = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 6, maxLength: 40 });
  fc.assert(
    fc.property(samples, (values) => {
      const interval = medianInterval(values);
      const moved = medianInterval(values.map((value) => 10 - 2 * value));
      expect(moved?.low).toBe(10 - 2 * (interval?.high ?? NaN));
      expect(moved?.high).toBe(10 - 2 * (interval?.low ?? NaN));
      expect(moved?.level).toBe(interval?.level);
    }),
  );
});

describe('on skewed data the interval holds the median at least as often as it says', () => {
  const rounds = 20_000;
  for (const distribution of skewedDistributions) {
    test(distribution.name, () => {
      for (const n of simulatedSizes) {
        const random = stream(20260801, `coverage/${distribution.name}/${n}`);
        let covered = 0;
        let level = NaN;
        for (let round = 0; round < rounds; round++) {
          const interval = medianInterval(Array.from({ length: n }, () => distribution.draw(random)));
          if (interval === null) throw new Error(`no interval at n = ${n}`);
          level = interval.level;
          if (interval.low <= distribution.median && distribution.median <= interval.high) covered++;
        }
        const coverage = covered / rounds;
        expect(coverage, `n = ${n}`).toBeGreaterThan(level - allowance(level, rounds));
        // For continuous values the level is exact, so that an interval that is too wide is a mistake too.
        if (distribution.isContinuous) {
          expect(coverage, `n = ${n}`).toBeLessThan(level + allowance(level, rounds));
        }
      }
    });
  }
});
