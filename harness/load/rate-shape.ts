import { unreachable } from '../core/unreachable.ts';
import type { RateShape } from '../profile/load.ts';
import { PeriodicRate } from './periodic-rate.ts';
import { PiecewiseRate, type RatePiece } from './piecewise-rate.ts';
import type { RateCurve } from './rate-curve.ts';

/** The curve of a rate shape. */
export function rateCurve(shape: RateShape): RateCurve {
  switch (shape.kind) {
    case 'constant':
      return new PiecewiseRate([forEver(shape.perSecond)]);
    case 'steps':
      return new PiecewiseRate([
        ...shape.steps.map(({ perSecond, durationMs }) => level(perSecond, durationMs)),
        forEver(shape.steps.at(-1)?.perSecond ?? 0),
      ]);
    case 'ramp': {
      const { fromPerSecond, toPerSecond, durationMs } = shape;
      return new PiecewiseRate([{ durationMs, fromPerSecond, toPerSecond }, forEver(toPerSecond)]);
    }
    case 'spike': {
      const { basePerSecond: base, peakPerSecond: peak, atMs, riseMs, holdMs, fallMs } = shape;
      return new PiecewiseRate([
        level(base, atMs),
        { durationMs: riseMs, fromPerSecond: base, toPerSecond: peak },
        level(peak, holdMs),
        { durationMs: fallMs, fromPerSecond: peak, toPerSecond: base },
        forEver(base),
      ]);
    }
    case 'trace': {
      const rates = shape.perSecond.map((rate) => rate * shape.scale);
      return new PiecewiseRate([...rates.map((rate) => level(rate, shape.stepMs)), forEver(rates.at(-1) ?? 0)]);
    }
    case 'sine':
      // sin(x) is cos(x - pi/2): highest after a quarter of the period.
      return new PeriodicRate(shape.periodMs, shape.meanPerSecond, [
        { amplitudePerSecond: shape.amplitudePerSecond, times: 1, peak: 1 / 4 },
      ]);
    case 'diurnal':
      return diurnal(shape.lowPerSecond, shape.highPerSecond, shape.dayMs);
    default:
      return unreachable(shape);
  }
}

const level = (perSecond: number, durationMs: number): RatePiece => ({
  durationMs,
  fromPerSecond: perSecond,
  toPerSecond: perSecond,
});
const forEver = (perSecond: number): RatePiece => level(perSecond, Infinity);

/** A day as the sum of two waves. Made up, not fitted to any trace; the hours are of a day of 24. */
const daily = { weight: 1, times: 1, peak: 16 / 24 };
const twiceDaily = { weight: 0.9, times: 2, peak: 21 / 24 };
/** The least and the greatest value of that sum, at 3.2 and 20.0 hours. */
const lowest = -1.873_260_144_281_907;
const highest = 1.279_582_023_880_65;

/** Lowest at 3.2 hours, a first hump at 10.1 (0.84 of the way up), a dip at 14.6 (0.61), the highest at 20.0. */
function diurnal(low: number, high: number, dayMs: number): RateCurve {
  const scale = (high - low) / (highest - lowest);
  return new PeriodicRate(
    dayMs,
    low - lowest * scale,
    [daily, twiceDaily].map(({ weight, times, peak }) => ({ amplitudePerSecond: weight * scale, times, peak })),
  );
}
