import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Distribution } from '../../../harness/application/application.ts';
import { drawQuantity, inverseNormal } from '../../../harness/application/draw-quantity.ts';
import { uniformDraw } from '../../../harness/application/draw.ts';
import { meanQuantity } from '../../../harness/application/mean-quantity.ts';

const u = fc.nat({ max: 0xffffffff }).map((bits) => (bits + 0.5) / 4294967296);
const whole = fc.nat({ max: 1_000_000_000 });

test('a uniform quantity reaches both its ends and nothing beyond, at any size', () => {
  fc.assert(
    fc.property(whole, whole, u, (a, b, at) => {
      const distribution: Distribution = { kind: 'uniform', low: Math.min(a, b), high: Math.max(a, b) };
      const value = drawQuantity(distribution, at);
      expect(Number.isInteger(value)).toBe(true);
      expect(value).toBeGreaterThanOrEqual(distribution.low);
      expect(value).toBeLessThanOrEqual(distribution.high);
      expect(drawQuantity(distribution, 0.5 / 4294967296)).toBe(distribution.low);
      expect(drawQuantity(distribution, 1 - 0.5 / 4294967296)).toBe(
        // Steps of 2^-32 are as fine as the values.
        distribution.high,
      );
    }),
  );
});

test('a lognormal quantity is whole, from 0 to its most, and grows with u', () => {
  const parameters = fc.record({
    median: fc.double({ min: 0.001, max: 1e9, noNaN: true }),
    sigma: fc.double({ min: 0, max: 5, noNaN: true }),
    most: fc.integer({ min: 1, max: 1_000_000_000 }),
  });
  fc.assert(
    fc.property(parameters, u, u, (shape, a, b) => {
      const draw = (at: number): number => drawQuantity({ kind: 'lognormal', ...shape }, at);
      const [low, high] = [draw(Math.min(a, b)), draw(Math.max(a, b))];
      expect(Number.isInteger(low)).toBe(true);
      expect(low).toBeGreaterThanOrEqual(0);
      expect(low).toBeLessThanOrEqual(high);
      expect(high).toBeLessThanOrEqual(shape.most);
    }),
  );
});

describe('the quantile of the normal distribution', () => {
  // Abramowitz and Stegun, table 26.5 (digits beyond it from mpmath).
  test.each([
    [0.5, 0],
    [0.9, 1.2815515655446004],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.999, 3.090232306167813],
    [0.01, -2.3263478740408408],
    [1e-6, -4.753424308822899],
  ])('%d is %d', (at, z) => {
    expect(inverseNormal(at)).toBeCloseTo(z, 7);
  });

  test('is antisymmetric', () => {
    fc.assert(
      fc.property(u, (at) => {
        expect(inverseNormal(1 - at)).toBeCloseTo(-inverseNormal(at), 8);
      }),
    );
  });
});

test.each<[Distribution, number, number]>([
  [{ kind: 'constant', value: 10 }, 10, 0],
  [{ kind: 'uniform', low: 1, high: 6 }, 3.5, 0.05],
  [{ kind: 'uniform', low: 0, high: 961 }, 480.5, 6],
  // exp(sigma^2 / 2) times the median, less what the bound of 313 takes from it.
  [{ kind: 'lognormal', median: 29, sigma: 0.78, most: 313 }, 39.2, 0.7],
])('draws of %j have the mean %d', (distribution, mean, within) => {
  const draws = Array.from({ length: 20_000 }, (_, seed) => drawQuantity(distribution, uniformDraw(seed, 3)));
  const drawn = draws.reduce((sum, value) => sum + value, 0) / draws.length;

  expect(Math.abs(drawn - mean)).toBeLessThanOrEqual(within);
  expect(meanQuantity(distribution)).toBeCloseTo(mean, 1);
});

test('known draws: what the twin in C must draw too', () => {
  const followers: Distribution = { kind: 'lognormal', median: 29, sigma: 0.78, most: 313 };
  const users: Distribution = { kind: 'uniform', low: 0, high: 961 };
  const draws = [0, 1, 42, 0xffffffff].map((seed) => [
    drawQuantity(users, uniformDraw(seed, 0)),
    drawQuantity(followers, uniformDraw(seed, 7)),
  ]);

  expect(draws).toEqual([
    [639, 25],
    [417, 26],
    [603, 14],
    [492, 44],
  ]);
});
