import fc from 'fast-check';
import { expect, test } from 'vitest';
import { naturalLogarithm } from '../../../deathstarbench/client/natural-logarithm.ts';

test('it is the logarithm to the last places, from the smallest draw to 1', () => {
  const inDraw = fc.integer({ min: 0, max: 2 ** 32 - 1 }).map((bits) => (bits + 0.5) / 2 ** 32);
  fc.assert(
    fc.property(inDraw, (u) => {
      expect(Math.abs(naturalLogarithm(u) - Math.log(u))).toBeLessThanOrEqual(4e-16 * Math.abs(Math.log(u)) + 4e-17);
    }),
    { numRuns: 2000 },
  );
  expect(naturalLogarithm(1)).toBe(0);
});
