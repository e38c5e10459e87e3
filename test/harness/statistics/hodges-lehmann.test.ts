import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hodgesLehmann } from '../../../harness/statistics/hodges-lehmann.ts';
import { golden } from './golden.ts';

test('the estimate is the median of the Walsh averages', () => {
  for (const { values, estimate } of golden.hodgesLehmann) expect(hodgesLehmann(values)).toBeCloseTo(estimate, 12);
});

test('it moves with the values, scales with them, and does not mind their order', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 20 }), (values) => {
      const estimate = hodgesLehmann(values) ?? NaN;
      expect(hodgesLehmann(values.map((value) => 3 - 2 * value))).toBeCloseTo(3 - 2 * estimate, 10);
      expect(hodgesLehmann(values.toReversed())).toBe(estimate);
    }),
  );
});

test('values near the largest number do not overflow', () => {
  expect(hodgesLehmann([1.5e308, 1.6e308, 1.7e308])).toBeCloseTo(1.6e308, -300);
});

test('a few failed trials leave the estimate a number, one side of it only', () => {
  // Walsh averages of 1, 2, 3, 4: ten numbers from 1 to 4; with Infinity five more.
  expect(hodgesLehmann([1, 2, 3, 4, Infinity])).toBe(3);
  expect(hodgesLehmann([-1, -2, -3, -4, -Infinity])).toBe(-3);
});

test('there is no estimate without values, with too many failed trials, or with failed trials on both sides', () => {
  expect(hodgesLehmann([])).toBeNull();
  expect(hodgesLehmann([1, Infinity, Infinity])).toBeNull();
  expect(hodgesLehmann([1, 2, 3, 4, 5, 6, -Infinity, Infinity])).toBeNull();
});

test('a value that is not a number is refused', () => {
  expect(() => hodgesLehmann([NaN])).toThrow(new RangeError('A sample holds a value that is not a number.'));
});
