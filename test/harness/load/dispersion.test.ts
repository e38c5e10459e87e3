import { describe, expect, test } from 'vitest';
import { burstyDispersion, dispersion } from '../../../harness/load/dispersion.ts';
import { makeSchedule } from '../../../harness/load/make-schedule.ts';
import { rateCurve } from '../../../harness/load/rate-shape.ts';
import type { ArrivalProcess, RateShape } from '../../../harness/profile/load.ts';

const durationMs = 2_000_000;
const constant: RateShape = { kind: 'constant', perSecond: 100 };
const sine: RateShape = { kind: 'sine', meanPerSecond: 100, amplitudePerSecond: 80, periodMs: 100_000 };
const bursty = { kind: 'bursty' as const, burstFactor: 5, burstMs: 500, calmMs: 2000 };

function measured(rate: RateShape, arrivals: ArrivalProcess, windowMs: number): ReturnType<typeof dispersion> {
  const load = { name: 'any', rate, arrivals, mix: null };
  const { dueMs } = makeSchedule({ load, durationMs, seed: 11, weights: [1] });
  return dispersion(dueMs, durationMs, windowMs, rateCurve(rate));
}

/** Six standard errors of a variance of counts that are nearly normal: root of 2 / windows, relatively. */
const tolerance = (windowMs: number): number => 6 * Math.sqrt((2 * windowMs) / durationMs);

describe.each([10, 100, 1000, 10_000])('in windows of %i ms', (windowMs) => {
  test('counts of a Poisson process vary as much as their mean', () => {
    const { aroundMean, aroundRate } = measured(constant, { kind: 'poisson' }, windowMs);
    expect(Math.abs((aroundMean ?? NaN) - 1)).toBeLessThan(tolerance(windowMs));
    expect(Math.abs((aroundRate ?? NaN) - 1)).toBeLessThan(tolerance(windowMs));
  });

  test('even arrivals do not vary', () => {
    const { aroundMean } = measured(constant, { kind: 'even' }, windowMs);
    expect(aroundMean).toBeLessThan(0.01);
  });

  test('bursts vary as the theory of the two-state process says', () => {
    const exact = burstyDispersion(100, bursty, windowMs);
    const { aroundMean } = measured(constant, bursty, windowMs);
    expect(exact).toBeGreaterThan(1.5);
    // Counts of bursts are far from normal, and neighbouring windows go together.
    expect(Math.abs((aroundMean ?? NaN) - exact) / exact).toBeLessThan(2 * tolerance(windowMs) + 0.05);
  });

  test('a rate that varies is no dispersion around the rate, though it is one around the mean', () => {
    const { aroundMean, aroundRate } = measured(sine, { kind: 'poisson' }, windowMs);
    expect(Math.abs((aroundRate ?? NaN) - 1)).toBeLessThan(tolerance(windowMs));
    expect(aroundMean).toBeGreaterThan(1.2);
  });
});

test('the exact index grows from that of a Poisson process to its limit', () => {
  // Limit: 1 + 2 variance of the rate / (mean (1/burst + 1/calm)), all per millisecond.
  const [calm, burst] = [100 / 1.8 / 1000, 500 / 1.8 / 1000];
  const limit = 1 + (2 * 0.2 * 0.8 * (burst - calm) ** 2) / (0.1 * (1 / 500 + 1 / 2000));

  expect(burstyDispersion(100, bursty, 1e-6)).toBeCloseTo(1, 6);
  expect(burstyDispersion(100, bursty, 1e9)).toBeCloseTo(limit, 3);
});

test('only whole windows count, and two of them are the least', () => {
  const dueMs = Float64Array.of(1, 2, 11, 25, 29);
  const curve = rateCurve(constant);

  // Counts 2, 1 in two windows of 10 ms: mean 1.5, variance 0.5; expected is 1 in each.
  expect(dispersion(dueMs, 25, 10, curve)).toEqual({ windowMs: 10, windows: 2, aroundMean: 1 / 3, aroundRate: 0.5 });
  expect(dispersion(dueMs, 25, 20, curve)).toEqual({ windowMs: 20, windows: 1, aroundMean: null, aroundRate: null });
  expect(dispersion(new Float64Array(0), 25, 10, curve)).toMatchObject({ aroundMean: null, aroundRate: null });
});
