import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UsageWindow } from '../../../../harness/policy/showar/usage-window.ts';

function windowOf(capacity: number, values: readonly number[]): UsageWindow {
  const window = new UsageWindow(capacity);
  for (const value of values) window.push([value]);
  return window;
}

test('samples that alternate between 0.4 and 0.6 have the mean 0.5 and a sigma of 0.1, and the estimate is 0.8', () => {
  const values = Array.from({ length: 300 }, (_, index) => (index % 2 === 0 ? 0.4 : 0.6));
  const estimate = windowOf(300, values).estimate(3);
  expect(estimate?.mean).toBeCloseTo(0.5, 12);
  expect(estimate?.sigma).toBeCloseTo(0.1, 12);
  expect(estimate?.estimate).toBeCloseTo(0.8, 12);
  expect(estimate?.samples).toBe(300);
});

test('only the last samples count', () => {
  expect(windowOf(3, [100, 100, 1, 2, 3]).estimate(0)).toMatchObject({ mean: 2, samples: 3 });
});

test('it is full once it has seen as many samples as it holds, missing ones included', () => {
  const window = windowOf(3, [1, 2]);
  expect(window.isFull).toBe(false);
  window.push([]);
  expect(window.isFull).toBe(true);
});

test('a sample without a value is left out, and where there is no value at all there is no estimate', () => {
  const window = windowOf(4, [1, 3]);
  window.push([]);
  expect(window.estimate(0)).toMatchObject({ mean: 2, samples: 2 });
  const empty = new UsageWindow(2);
  empty.push([]);
  expect(empty.estimate(3)).toBeNull();
});

test('replicas that are counted one by one spread the estimate, and are still one sample', () => {
  const window = new UsageWindow(10);
  window.push([0.2, 0.8]);
  expect(window.estimate(1)).toEqual({
    mean: 0.5,
    sigma: expect.closeTo(0.3, 12) as number,
    estimate: expect.closeTo(0.8, 12) as number,
    samples: 1,
  });
});

const usages = fc.array(fc.double({ min: 0, max: 64, noNaN: true }), { minLength: 1, maxLength: 40 });

test('constant usage is its own estimate', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.001, max: 64, noNaN: true }), fc.nat({ max: 300 }), (usage, more) => {
      const values = new Array<number>(more + 1).fill(usage);
      expect((windowOf(300, values).estimate(3)?.estimate ?? NaN) / usage).toBeCloseTo(1, 9);
    }),
  );
});

test('the estimate does not fall when k rises, and is at least the mean', () => {
  fc.assert(
    fc.property(
      usages,
      fc.double({ min: 0, max: 5, noNaN: true }),
      fc.double({ min: 0, max: 5, noNaN: true }),
      (values, k, more) => {
        const window = windowOf(40, values);
        const [low, high] = [window.estimate(k), window.estimate(k + more)];
        expect(high?.estimate).toBeGreaterThanOrEqual(low?.estimate ?? NaN);
        expect(low?.estimate).toBeGreaterThanOrEqual(low?.mean ?? NaN);
      },
    ),
  );
});

test('usage that is c times as large has an estimate that is c times as large', () => {
  fc.assert(
    fc.property(usages, fc.double({ min: 0.1, max: 10, noNaN: true }), (values, factor) => {
      const plain = windowOf(40, values).estimate(3)?.estimate ?? NaN;
      const scaled =
        windowOf(
          40,
          values.map((value) => value * factor),
        ).estimate(3)?.estimate ?? NaN;
      expect(Math.abs(scaled - plain * factor)).toBeLessThanOrEqual(1e-9 * (1 + plain * factor));
    }),
  );
});
