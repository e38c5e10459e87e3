import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deriveSeed, stream } from '../../../harness/core/random.ts';

const draws = (seed: number, name: string, count: number): number[] => {
  const random = stream(seed, name);
  return Array.from({ length: count }, () => random.uniform());
};

test('the same seed and name give the same draws, today and on every platform', () => {
  expect(draws(7, 'order/block-1', 3)).toEqual(draws(7, 'order/block-1', 3));
  // Written down once: plans that exist must stay what they are.
  expect([deriveSeed(7, 'order/block-1'), deriveSeed(-7, ''), deriveSeed(20261124, 'é∞')]).toEqual([
    484312464, -12072683, -1297983287,
  ]);
  expect(draws(7, 'order/block-1', 2)).toEqual([0.7831818963191934, 0.08159766552338821]);
  expect(stream(7, 'order/block-1').shuffle(['a', 'b', 'c', 'd', 'e'])).toEqual(['c', 'b', 'e', 'a', 'd']);
});

test('another name or another seed gives other draws', () => {
  const names = ['arrivals', 'arrivals ', 'service', 'order/block-1', 'order/block-11', '1/1', ''];
  const seeds = [0, 1, -1, 11, 2 ** 31, Number.MAX_SAFE_INTEGER];
  const first = seeds.flatMap((seed) => names.map((name) => draws(seed, name, 1)[0]));
  expect(new Set(first).size).toBe(first.length);
});

test('streams of two names do not go together', () => {
  const count = 20_000;
  const [a, b] = [draws(7, 'order/block-1', count), draws(7, 'order/block-2', count)];
  const product = a.reduce((sum, value, index) => sum + (value - 0.5) * ((b[index] ?? 0) - 0.5), 0);
  // The correlation of independent draws has a standard error of 1 / sqrt(count); five of them.
  expect(Math.abs((12 * product) / count)).toBeLessThan(5 / Math.sqrt(count));
});

test('drawing from one stream shifts nothing in another', () => {
  const undisturbed = draws(7, 'arrivals', 5);
  const [arrivals, service] = [stream(7, 'arrivals'), stream(7, 'service')];
  const disturbed = undisturbed.map(() => {
    service.uniform();
    service.shuffle([1, 2, 3]);
    return arrivals.uniform();
  });
  expect(disturbed).toEqual(undisturbed);
});

test('uniform draws are in [0, 1) and evenly spread', () => {
  const bins = new Array<number>(10).fill(0);
  const count = 50_000;
  for (const value of draws(7, 'uniform', count)) {
    expect(value >= 0 && value < 1).toBe(true);
    const bin = Math.floor(value * 10);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const chiSquared = bins.reduce((sum, seen) => sum + (seen - count / 10) ** 2 / (count / 10), 0);
  // 9 degrees of freedom: 1 in 10 000 is above 33.7.
  expect(chiSquared).toBeLessThan(33.7);
});

test('exponential draws have the mean and the spread of their distribution', () => {
  const random = stream(7, 'exponential');
  const count = 50_000;
  const values = Array.from({ length: count }, () => random.exponential(20));
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const aboveMean = values.filter((value) => value > 20).length / count;
  // Five standard errors each: 20 / sqrt(n), and that of a share of 1/e.
  expect(Math.abs(mean - 20)).toBeLessThan((5 * 20) / Math.sqrt(count));
  expect(Math.abs(aboveMean - 1 / Math.E)).toBeLessThan(5 * Math.sqrt(0.2325 / count));
  expect(Math.min(...values)).toBeGreaterThanOrEqual(0);
});

test('a shuffle holds the same elements, and the argument is left alone', () => {
  fc.assert(
    fc.property(fc.array(fc.string()), fc.maxSafeInteger(), (items, seed) => {
      const before = [...items];
      const shuffled = stream(seed, 'shuffle').shuffle(items);
      expect([...shuffled].sort()).toEqual([...items].sort());
      expect(items).toEqual(before);
      expect(shuffled).not.toBe(items);
    }),
  );
});

test('every order of four is equally likely', () => {
  const random = stream(7, 'orders');
  const counts = new Map<string, number>();
  const count = 24_000;
  for (let round = 0; round < count; round++) {
    const order = random.shuffle(['a', 'b', 'c', 'd']).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(24);
  const chiSquared = [...counts.values()].reduce((sum, seen) => sum + (seen - count / 24) ** 2 / (count / 24), 0);
  // 23 degrees of freedom: 1 in 10 000 is above 55.5.
  expect(chiSquared).toBeLessThan(55.5);
});
