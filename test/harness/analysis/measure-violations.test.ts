import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencyBins, measureViolations } from '../../../harness/analysis/measure-violations.ts';
import { logOf, type Request } from '../../rig/arbitrary-requests.ts';

/** Warm-up to 1 s, four bins of half a second. */
const plan = { warmupMs: 1000, trialMs: 3000, sampleMs: 500 };
const answeredIn = (dueMs: number, latencyMs: number): Request => ({ dueMs, doneMs: dueMs + latencyMs });

test('a bin of one sample holds what was due in it, whenever it was answered', () => {
  const { fromMs, binMs, p99Ms } = latencyBins(
    plan,
    logOf([
      answeredIn(999, 9000),
      answeredIn(1000, 40),
      answeredIn(1499, 5000),
      // Nothing was due in the second bin.
      answeredIn(2000, 10),
      { dueMs: 2600, doneMs: 2601, outcome: 'error-status' },
      answeredIn(3000, 9000),
    ]),
    2000,
  );

  expect({ fromMs, binMs }).toEqual({ fromMs: 1000, binMs: 500 });
  // 1 % of the way from the slowest to the one before it: 5000 - 0.01 x 4960.
  expect(p99Ms).toEqual([expect.closeTo(4950.4, 9) as number, null, 10, 2000]);
});

test('violations of an objective of 100 ms computed by hand', () => {
  // Above it in bins 2, 3 and 5; a bin in which nothing was due ends a run.
  const bins = { fromMs: 0, binMs: 500, p99Ms: [100, 150, 300, null, 101, 20] };

  expect(measureViolations(bins, { sloMs: 100 })).toEqual({
    seconds: 1.5,
    longestSeconds: 1,
    // 0.5 + 2 + 0.01 objectives, for half a second each.
    areaSeconds: expect.closeTo(1.255, 12) as number,
  });
});

test('nothing was due: not known, which is not the same as met', () => {
  expect(measureViolations({ fromMs: 0, binMs: 500, p99Ms: [null, null] }, { sloMs: 100 })).toBeNull();
  expect(measureViolations({ fromMs: 0, binMs: 500, p99Ms: [null, 1] }, { sloMs: 100 })).toEqual({
    ...{ seconds: 0, longestSeconds: 0, areaSeconds: 0 },
  });
});

test('the longest violation is no longer than all of them, which are no longer than the trial', () => {
  fc.assert(
    fc.property(fc.array(fc.option(fc.double({ min: 0, max: 1000, noNaN: true })), { minLength: 1 }), (p99Ms) => {
      const found = measureViolations({ fromMs: 0, binMs: 1000, p99Ms }, { sloMs: 100 });
      if (found === null) return;
      expect(found.longestSeconds).toBeLessThanOrEqual(found.seconds);
      expect(found.seconds).toBeLessThanOrEqual(p99Ms.length);
      expect(found.areaSeconds > 0).toBe(found.seconds > 0);
    }),
  );
});
