import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantileOfBuckets } from '../../../harness/statistics/bucket-quantile.ts';
import { sortSample } from '../../../harness/statistics/quantile.ts';

const bounds = [0, 1, 2, 4, 8, Infinity];

test('the value is the middle of the bucket that holds the order statistic, and the bounds are its error', () => {
  expect(quantileOfBuckets([1, 0, 2, 1, 0], bounds, 0.5)).toEqual({ value: 3, low: 2, high: 4 });
});

test('the order statistic is the one of rank ceil(p n), the first for p = 0 and the last for p = 1', () => {
  const counts = [1, 1, 1, 1, 0];
  const lowAt = (p: number) => quantileOfBuckets(counts, bounds, p)?.low;
  expect([0, 0.25, 0.26, 0.5, 0.51, 0.75, 0.76, 1].map(lowAt)).toEqual([0, 0, 1, 1, 2, 2, 4, 4]);
});

test('rounding of p n does not shift the rank', () => {
  // 0.55 x 100 is 55.00000000000001 in binary floating point, and 0.07 x 100 is 7.000000000000001.
  expect(quantileOfBuckets([55, 45], [0, 1, 2], 0.55)?.low).toBe(0);
  expect(quantileOfBuckets([7, 93], [0, 1, 2], 0.07)?.low).toBe(0);
  for (let percent = 1; percent <= 99; percent++) {
    for (const total of [100, 1000, 1_000_000_000]) {
      const rank = (total / 100) * percent;
      expect(quantileOfBuckets([rank, total - rank], [0, 1, 2], percent / 100)?.low).toBe(0);
      expect(quantileOfBuckets([rank - 1, total - rank + 1], [0, 1, 2], percent / 100)?.low).toBe(1);
    }
  }
});

test('a real fraction of a rank is rounded up even among millions of values', () => {
  // p n = 1 000 000.1
  expect(quantileOfBuckets([1_000_000, 9_000_001], [0, 1, 2], 0.1)?.low).toBe(1);
});

test('the lowest quantile lies in the first bucket that holds anything', () => {
  expect(quantileOfBuckets([0, 0, 3, 0, 0], bounds, 0)).toEqual({ value: 3, low: 2, high: 4 });
});

test('a quantile in an open-ended bucket is at least its lower bound, and no more is claimed', () => {
  expect(quantileOfBuckets([1, 0, 0, 0, 9], bounds, 0.5)).toEqual({ value: 8, low: 8, high: Infinity });
});

test('where nothing was counted there is no quantile', () => {
  expect(quantileOfBuckets([0, 0, 0, 0, 0], bounds, 0.5)).toBeNull();
  expect(quantileOfBuckets([], [0], 0.5)).toBeNull();
});

test('counts, bounds and shares that make no sense are refused', () => {
  expect(() => quantileOfBuckets([1], bounds, 0.5)).toThrow(new RangeError('1 buckets need 2 bounds, not 6.'));
  expect(() => quantileOfBuckets([1, -1], [0, 1, 2], 0.5)).toThrow(new RangeError('A bucket holds -1 values.'));
  expect(() => quantileOfBuckets([0.5], [0, 1], 0.5)).toThrow(new RangeError('A bucket holds 0.5 values.'));
  expect(() => quantileOfBuckets([1], [1, 1], 0.5)).toThrow(
    new RangeError('Bucket 0 has the bounds 1 and 1, which do not ascend.'),
  );
  expect(() => quantileOfBuckets([1], [0, 1], 95)).toThrow(
    new RangeError('A quantile is asked for at 95; it must be from 0 to 1.'),
  );
});

test('the true order statistic always lies in [low, high), and the value within half a bucket of it', () => {
  const ascending = fc
    .uniqueArray(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 })
    .map((inner) => [0, ...inner.sort((a, b) => a - b), Infinity]);
  const samples = fc.array(fc.double({ min: 0, max: 1200, noNaN: true }), { minLength: 1, maxLength: 60 });
  const percents = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(ascending, samples, percents, (edges, values, percent) => {
      const counts = edges
        .slice(1)
        .map((high, i) => values.filter((value) => value >= (edges[i] ?? NaN) && value < high).length);
      // In whole numbers, so that the oracle has no rounding.
      const rank = Math.max(1, Math.floor((percent * values.length + 99) / 100));
      const truth = sortSample(values)[rank - 1] ?? NaN;
      const answer = quantileOfBuckets(counts, edges, percent / 100);
      expect(answer?.low).toBeLessThanOrEqual(truth);
      expect(answer?.high).toBeGreaterThan(truth);
      if (answer && answer.high < Infinity) {
        expect(Math.abs(answer.value - truth)).toBeLessThanOrEqual((answer.high - answer.low) / 2);
      }
    }),
    { numRuns: 1000 },
  );
});
