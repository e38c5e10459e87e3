import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { rateCurve } from '../../../harness/load/rate-shape.ts';
import type { RateShape } from '../../../harness/profile/load.ts';
import { arbitraryRate } from './arbitrary-load.ts';

const seed = 20_240_611;
const atMs = fc.double({ min: 0, max: 120_000, noNaN: true });

describe('a rate of any shape', () => {
  test('is nowhere negative, and its integral never falls', () => {
    fc.assert(
      fc.property(arbitraryRate, atMs, atMs, (shape, a, b) => {
        const curve = rateCurve(shape);
        const [early, late] = [Math.min(a, b), Math.max(a, b)];
        expect(curve.rateAt(a)).toBeGreaterThanOrEqual(0);
        expect(curve.cumulative(late)).toBeGreaterThanOrEqual(curve.cumulative(early) - 1e-9);
      }),
      { seed },
    );
  });

  test('has the integral that adding up small steps comes near to', () => {
    fc.assert(
      fc.property(arbitraryRate, fc.integer({ min: 1, max: 40_000 }), (shape, untilMs) => {
        const curve = rateCurve(shape);
        const steps = 4000;
        let sum = 0;
        for (let step = 0; step < steps; step++) {
          sum += (curve.rateAt(((step + 0.5) / steps) * untilMs) / 1000) * (untilMs / steps);
        }
        // A jump inside a step is off by at most a step of the highest rate; periods shorter than some steps are not resolved.
        fc.pre(
          !('periodMs' in shape && shape.periodMs < untilMs / 50) && !('dayMs' in shape && shape.dayMs < untilMs / 50),
        );
        expect(Math.abs(curve.cumulative(untilMs) - sum)).toBeLessThan(1e-3 * sum + (untilMs / steps) * 0.0015 * 1500);
      }),
      { seed },
    );
  });

  test('reaches an expected number where its inverse says', () => {
    fc.assert(
      fc.property(arbitraryRate, fc.double({ min: 1e-12, max: 5000, noNaN: true }), (shape, expected) => {
        const curve = rateCurve(shape);
        const ms = curve.inverse(expected);
        if (ms === Infinity) expect(curve.cumulative(1e9)).toBeLessThanOrEqual(expected + 1e-6);
        else expect(Math.abs(curve.cumulative(ms) - expected)).toBeLessThan(1e-9 * (1 + expected));
      }),
      { seed },
    );
  });

  test('has an inverse that takes the integral back to its instant, wherever the rate is not near 0', () => {
    fc.assert(
      fc.property(arbitraryRate, atMs, (shape, ms) => {
        const curve = rateCurve(shape);
        fc.pre(curve.rateAt(ms) > 0.1 && curve.rateAt(ms + 1) > 0.1 && curve.rateAt(Math.max(0, ms - 1)) > 0.1);
        expect(Math.abs(curve.inverse(curve.cumulative(ms)) - ms)).toBeLessThan(1e-4);
      }),
      { seed },
    );
  });

  test('has an inverse that never falls', () => {
    fc.assert(
      fc.property(arbitraryRate, fc.double({ min: 1e-12, max: 5000, noNaN: true }), (shape, expected) => {
        const curve = rateCurve(shape);
        expect(curve.inverse(expected + 0.001)).toBeGreaterThanOrEqual(curve.inverse(expected) - 1e-6);
      }),
      { seed },
    );
  });
});

const points = (shape: RateShape, at: readonly number[]): number[] => {
  const curve = rateCurve(shape);
  return at.map((ms) => Number(curve.rateAt(ms).toFixed(6)));
};

test('steps follow one another, and the last goes on', () => {
  const steps = [
    { perSecond: 10, durationMs: 1000 },
    { perSecond: 0, durationMs: 500 },
    { perSecond: 30, durationMs: 1000 },
  ];
  expect(points({ kind: 'steps', steps }, [0, 999, 1000, 1499, 1500, 2500, 99_999])).toEqual([
    10, 10, 0, 0, 30, 30, 30,
  ]);
});

test('a ramp goes straight up or down, and then stays', () => {
  const ramp: RateShape = { kind: 'ramp', fromPerSecond: 100, toPerSecond: 20, durationMs: 4000 };
  expect(points(ramp, [0, 1000, 2000, 4000, 9000])).toEqual([100, 80, 60, 20, 20]);
});

test('a spike rises, holds, falls', () => {
  const spike: RateShape = {
    kind: 'spike',
    basePerSecond: 10,
    peakPerSecond: 110,
    atMs: 1000,
    riseMs: 1000,
    holdMs: 2000,
    fallMs: 500,
  };
  expect(points(spike, [0, 1000, 1500, 2000, 3999, 4250, 4500, 9000])).toEqual([10, 10, 60, 110, 110, 60, 10, 10]);
});

test('a spike without rise and fall jumps', () => {
  const jump: RateShape = {
    kind: 'spike',
    basePerSecond: 10,
    peakPerSecond: 110,
    atMs: 1000,
    riseMs: 0,
    holdMs: 2000,
    fallMs: 0,
  };
  expect(points(jump, [999, 1000, 2999, 3000])).toEqual([10, 110, 110, 10]);
});

test('a sine begins at its mean and goes up', () => {
  const sine: RateShape = { kind: 'sine', meanPerSecond: 50, amplitudePerSecond: 50, periodMs: 4000 };
  expect(points(sine, [0, 1000, 2000, 3000, 5000])).toEqual([50, 100, 50, 0, 100]);
});

test('a day has its low at 3.2 hours, a hump in the morning, a dip, and its high at 20 hours', () => {
  const day: RateShape = { kind: 'diurnal', lowPerSecond: 10, highPerSecond: 110, dayMs: 24_000 };
  const curve = rateCurve(day);
  const hours = Array.from({ length: 240 }, (_, tenth) => ({ hour: tenth / 10, rate: curve.rateAt(100 * tenth) }));
  const turns = hours.filter(({ rate }, index) => {
    const before = hours.at(index - 1)?.rate ?? 0;
    const after = hours[(index + 1) % 240]?.rate ?? 0;
    return (rate > before && rate > after) || (rate < before && rate < after);
  });

  expect(turns.map(({ hour, rate }) => `${hour} h ${rate.toFixed(1)}/s`)).toEqual([
    '3.2 h 10.0/s',
    '10.1 h 94.2/s',
    '14.6 h 71.1/s',
    '20 h 110.0/s',
  ]);
});

test('a trace has a rate for each of its steps, times its scale', () => {
  const trace: RateShape = { kind: 'trace', file: 'a.csv', perSecond: [10, 0, 30], scale: 0.5, stepMs: 1000 };
  expect(points(trace, [0, 999, 1000, 2000, 3000, 50_000])).toEqual([5, 5, 0, 15, 15, 15]);
});
