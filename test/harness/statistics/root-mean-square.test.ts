import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rootMeanSquare } from '../../../harness/statistics/root-mean-square.ts';

test('the root of the mean of the squares, which the sign of a difference does not change', () => {
  expect(rootMeanSquare([3, -4])).toBeCloseTo(Math.sqrt(12.5), 15);
  expect(rootMeanSquare([-3, 4])).toBe(rootMeanSquare([3, -4]));
  expect(rootMeanSquare([0, 0])).toBe(0);
});

test('a single difference has the spread of its size: the true mean is known to be 0', () => {
  expect(rootMeanSquare([-7])).toBe(7);
});

test('without differences there is no spread', () => {
  expect(rootMeanSquare([])).toBeNull();
});

test('it lies between the smallest and the largest size, and is in their unit', () => {
  const differences = fc
    .array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1 })
    .map((ns) => ns.map((value) => value / 1e9));
  fc.assert(
    fc.property(differences, (values) => {
      const sizes = values.map(Math.abs);
      const spread = rootMeanSquare(values) ?? NaN;
      expect(spread).toBeGreaterThanOrEqual(Math.min(...sizes) * (1 - 1e-12));
      expect(spread).toBeLessThanOrEqual(Math.max(...sizes) * (1 + 1e-12));
      expect(rootMeanSquare(values.map((value) => 1000 * value))).toBeCloseTo(1000 * spread, 3);
    }),
  );
});
