import fc from 'fast-check';
import { expect, test } from 'vitest';
import { holm } from '../../../harness/statistics/holm.ts';
import { golden } from './golden.ts';

test('adjusted p are those of the closed testing procedure', () => {
  for (const { p, adjusted } of golden.holm) {
    const result = holm(p);
    expect(result).toHaveLength(adjusted.length);
    adjusted.forEach((expected, index) => {
      expect(result[index]).toBeCloseTo(expected, 12);
    });
  }
});

test('one hypothesis is not adjusted, and none gives nothing', () => {
  expect(holm([0.03])).toEqual([0.03]);
  expect(holm([])).toEqual([]);
});

test('adjusted p keep the order of the p, are never below them, and never above 1 or m times them', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 }), (p) => {
      const adjusted = holm(p);
      p.forEach((value, index) => {
        const mine = adjusted[index] ?? NaN;
        expect(mine).toBeGreaterThanOrEqual(value);
        expect(mine).toBeLessThanOrEqual(1);
        p.forEach((other, at) => {
          if (value <= other) expect(mine).toBeLessThanOrEqual(adjusted[at] ?? NaN);
        });
      });
      const smallest = Math.min(...p);
      if (p.length > 0) expect(Math.min(...adjusted)).toBe(Math.min(1, p.length * smallest));
    }),
  );
});

test('a number that is not a p-value is refused', () => {
  for (const wrong of [NaN, -0.1, 1.5]) {
    expect(() => holm([0.5, wrong])).toThrow(new RangeError(`A p-value is ${wrong}; it must be from 0 to 1.`));
  }
});
