import fc from 'fast-check';
import { expect, test } from 'vitest';
import { median, quantile, sortSample } from '../../../harness/statistics/quantile.ts';
import { golden } from './golden.ts';

test('quantiles of type 7 are those of NumPy', () => {
  for (const { values, quantiles } of golden.quantiles) {
    const sample = sortSample(values);
    for (const { p, value } of quantiles) expect(quantile(sample, p)).toBeCloseTo(value, 12);
  }
});

test('a sample is sorted by number, and the values it came from are left alone', () => {
  const values = [10, 9, -1, Infinity, 2, -Infinity];
  expect(Array.from(sortSample(values))).toEqual([-Infinity, -1, 2, 9, 10, Infinity]);
  expect(values).toEqual([10, 9, -1, Infinity, 2, -Infinity]);
});

test('a sample of typed numbers, such as latencies, can be sorted too', () => {
  expect(median(sortSample(Float64Array.of(3, 1, 2)))).toBe(2);
});

test('an empty sample has no quantile', () => {
  expect(quantile(sortSample([]), 0.5)).toBeNull();
  expect(median(sortSample([]))).toBeNull();
});

test('the median of an even sample is the mean of its middle values', () => {
  expect(median(sortSample([4, 1, 3, 2]))).toBe(2.5);
});

test('a failed trial, worse than any number, pulls a quantile to infinity only where it touches it', () => {
  expect(median(sortSample([1, 2, 3, Infinity]))).toBe(2.5);
  expect(median(sortSample([1, 2, Infinity, Infinity]))).toBe(Infinity);
  expect(median(sortSample([-Infinity, -Infinity, 1, 2]))).toBe(-Infinity);
  expect(median(sortSample([Infinity, Infinity]))).toBe(Infinity);
  expect(quantile(sortSample([1, 2, Infinity]), 0.5)).toBe(2);
});

test('halfway between minus and plus infinity there is no number', () => {
  expect(median(sortSample([-Infinity, Infinity]))).toBeNull();
});

test('NaN and shares outside 0 to 1 are refused', () => {
  expect(() => sortSample([1, NaN])).toThrow(new RangeError('A sample holds a value that is not a number.'));
  for (const p of [-0.1, 1.1, NaN]) {
    expect(() => quantile(sortSample([1]), p)).toThrow(
      new RangeError(`A quantile is asked for at ${p}; it must be from 0 to 1.`),
    );
  }
});

test('between equal values a quantile is that value, to the last bit', () => {
  // 0.8 x 0.1 + 0.2 x 0.1 need not be 0.1 in binary floating point; at this share it is not.
  expect(quantile(sortSample([0.1, 0.1]), 0.1951219512195122)).toBe(0.1);
});

test('a quantile lies between its two neighbours in the sample, whatever their size', () => {
  const samples = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(samples, fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
      const sample = sortSample(values);
      const position = (values.length - 1) * p;
      const value = quantile(sample, p);
      expect(value).toBeGreaterThanOrEqual(sample[Math.floor(position)] ?? NaN);
      expect(value).toBeLessThanOrEqual(sample[Math.ceil(position)] ?? NaN);
    }),
  );
});
