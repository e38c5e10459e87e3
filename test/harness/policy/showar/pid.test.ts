import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Pid } from '../../../../harness/policy/showar/pid.ts';

const third = { proportional: 1 / 3, integral: 1 / 3, derivative: 1 / 3 };
const outputs = (pid: Pid, errors: readonly number[]): number[] => errors.map((error) => pid.step(error, third).output);
const sums = (pid: Pid, errors: readonly number[]): number[] => errors.map((error) => pid.step(error, third).errorSum);

test('with gains of 1/3 the errors 0 and 15 give 0, and then 5 + 5 + 5', () => {
  const [first, second] = outputs(new Pid(2), [0, 15]);
  expect(first).toBe(0);
  expect(second).toBeCloseTo(15, 12);
});

test('the derivative of the first step is 0', () => {
  expect(new Pid(null).step(9, third)).toEqual({ error: 9, errorSum: 9, errorChange: 0, output: 6 });
});

test('a window of w settles the sum of a constant error at w times the error', () => {
  expect(sums(new Pid(3), [2, 2, 2, 2, 2])).toEqual([2, 4, 6, 6, 6]);
});

test('without a window the sum of a constant error grows without limit', () => {
  const errors = new Array<number>(1000).fill(2);
  expect(sums(new Pid(null), errors).at(-1)).toBe(2000);
});

test('a clamped sum turns back at once when the error changes its sign', () => {
  expect(sums(new Pid(null, 5), [4, 4, 4, -1, -20])).toEqual([4, 5, 5, 4, -5]);
  expect(sums(new Pid(2, 5), [4, 4, -1])).toEqual([4, 5, 3]);
});

test('what has left the window leaves nothing behind', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { maxLength: 20 }),
      fc.integer({ min: 1, max: 5 }),
      (before, window) => {
        const pid = new Pid(window);
        outputs(pid, before);
        expect(sums(pid, new Array<number>(window).fill(3)).at(-1)).toBe(3 * window);
      },
    ),
  );
});

test('a larger last error never gives a smaller output', () => {
  const error = fc.double({ min: -1e4, max: 1e4, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(error, { maxLength: 10 }),
      error,
      fc.double({ min: 0, max: 1e4, noNaN: true }),
      fc.option(fc.integer({ min: 1, max: 8 })),
      (before, last, more, window) => {
        const [low, high] = [new Pid(window), new Pid(window)];
        expect(outputs(high, [...before, last + more]).at(-1)).toBeGreaterThanOrEqual(
          (outputs(low, [...before, last]).at(-1) ?? NaN) - 1e-6,
        );
      },
    ),
  );
});
