import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isMeasured } from '../../../harness/analysis/measured-part.ts';

const plan = { warmupMs: 1000 };
/** Is a sample from one instant to another measured? */
const measured = (fromMs: number, toMs: number): boolean => isMeasured(plan, { atMs: toMs, intervalMs: toMs - fromMs });

test('a sample that begins with the end of the warm-up is measured, and one that begins in it is not', () => {
  expect([0, 500, 900, 998, 999, 1000, 1008].map((fromMs) => measured(fromMs, 2000))).toEqual([
    ...[false, false, false, false],
    ...[true, true, true],
  ]);
});

test('half a sample of warm-up is not let in, wherever the sample ends', () => {
  expect([1500.1, 2000, 2600].map((toMs) => measured(501, toMs))).toEqual([false, false, false]);
});

test('what the clocks differ by costs no sample', () => {
  expect(measured(999.95, 1999.9)).toBe(true);
  // 1300.3 - 300.3 is 999.9999999999999.
  expect(isMeasured({ warmupMs: 1000 }, { atMs: 1300.3, intervalMs: 300.3 })).toBe(true);
});

test('without warm-up all is measured', () => {
  expect(isMeasured({ warmupMs: 0 }, { atMs: 1000, intervalMs: 1000 })).toBe(true);
  expect(isMeasured({ warmupMs: 0 }, { atMs: 1000, intervalMs: 1000.0001 })).toBe(true);
});

test('never is more than the grain of the clock of the warm-up in what is measured', () => {
  fc.assert(
    fc.property(
      fc.nat(5000),
      fc.double({ min: 0, max: 6000, noNaN: true }),
      fc.nat(3000),
      (warmupMs, fromMs, intervalMs) => {
        const isIn = isMeasured({ warmupMs }, { atMs: fromMs + intervalMs, intervalMs });
        if (fromMs >= warmupMs) expect(isIn).toBe(true);
        if (fromMs < warmupMs - 1.001) expect(isIn).toBe(false);
      },
    ),
  );
});
