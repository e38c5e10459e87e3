import * as fc from 'fast-check';
import type { ArrivalProcess, Load, RateShape } from '../../../harness/profile/load.ts';

const perSecond = fc.oneof(fc.constant(0), fc.double({ min: 0.001, max: 500, noNaN: true }));
const positive = fc.double({ min: 0.5, max: 500, noNaN: true });
const duration = fc.integer({ min: 1, max: 60_000 });

/** Any shape; some are 0 for a while, or for ever. */
export const arbitraryRate: fc.Arbitrary<RateShape> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), perSecond: positive }),
  fc.record({
    kind: fc.constant('steps' as const),
    steps: fc.array(fc.record({ perSecond, durationMs: duration }), { minLength: 1, maxLength: 6 }),
  }),
  fc.record({
    kind: fc.constant('ramp' as const),
    fromPerSecond: perSecond,
    toPerSecond: perSecond,
    durationMs: duration,
  }),
  fc
    .record({ mean: positive, share: fc.double({ min: 0, max: 1, noNaN: true }), periodMs: duration })
    .map(({ mean, share, periodMs }) => ({
      kind: 'sine' as const,
      meanPerSecond: mean,
      amplitudePerSecond: mean * share,
      periodMs,
    })),
  fc.record({ low: perSecond, more: positive, dayMs: duration }).map(({ low, more, dayMs }) => ({
    kind: 'diurnal' as const,
    lowPerSecond: low,
    highPerSecond: low + more,
    dayMs,
  })),
  fc.record({
    kind: fc.constant('spike' as const),
    basePerSecond: perSecond,
    peakPerSecond: perSecond,
    atMs: fc.integer({ min: 0, max: 30_000 }),
    riseMs: fc.integer({ min: 0, max: 10_000 }),
    holdMs: fc.integer({ min: 0, max: 10_000 }),
    fallMs: fc.integer({ min: 0, max: 10_000 }),
  }),
  fc.record({
    kind: fc.constant('trace' as const),
    file: fc.constant('trace.csv'),
    perSecond: fc.array(perSecond, { minLength: 1, maxLength: 30 }),
    scale: fc.double({ min: 0.1, max: 3, noNaN: true }),
    stepMs: fc.constantFrom(1000, 100),
  }),
);

export const arbitraryArrivals: fc.Arbitrary<ArrivalProcess> = fc.oneof(
  fc.constant({ kind: 'poisson' as const }),
  fc.constant({ kind: 'even' as const }),
  fc.record({
    kind: fc.constant('bursty' as const),
    burstFactor: fc.double({ min: 1.5, max: 50, noNaN: true }),
    burstMs: fc.integer({ min: 10, max: 5000 }),
    calmMs: fc.integer({ min: 10, max: 5000 }),
  }),
);

export const arbitraryLoad: fc.Arbitrary<Load> = fc.record({
  name: fc.constant('any'),
  rate: arbitraryRate,
  arrivals: arbitraryArrivals,
  mix: fc.constant(null),
});
