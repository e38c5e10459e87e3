import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import type { ArrivalSchedule } from '../../../harness/load/arrival-schedule.ts';
import { makeSchedule } from '../../../harness/load/make-schedule.ts';
import { rateCurve } from '../../../harness/load/rate-shape.ts';
import { scheduleSha256 } from '../../../harness/load/schedule-file.ts';
import type { ArrivalProcess, Load, RateShape } from '../../../harness/profile/load.ts';
import { arbitraryLoad, arbitraryRate } from './arbitrary-load.ts';

const seed = 20_240_611;
const weights = [60, 30, 10];
const anySeed = fc.integer();
const anyDuration = fc.integer({ min: 1, max: 60_000 });

const load = (rate: RateShape, arrivals: ArrivalProcess): Load => ({ name: 'any', rate, arrivals, mix: null });
const constant = (perSecond: number): RateShape => ({ kind: 'constant', perSecond });
const poisson: ArrivalProcess = { kind: 'poisson' };

describe('a schedule of any load', () => {
  test('is in order, in whole microseconds, and within the trial', () => {
    fc.assert(
      fc.property(arbitraryLoad, anySeed, anyDuration, (any, root, durationMs) => {
        const { dueMs, endpoint, payloadSeed } = makeSchedule({ load: any, durationMs, seed: root, weights });
        expect([endpoint.length, payloadSeed.length]).toEqual([dueMs.length, dueMs.length]);
        expect(dueMs.every((due, index) => due >= (dueMs[index - 1] ?? 0) && due < durationMs)).toBe(true);
        expect(dueMs.every((due) => Math.abs(due * 1000 - Math.round(due * 1000)) < 1e-6)).toBe(true);
        expect(endpoint.every((index) => index < weights.length)).toBe(true);
      }),
      { seed },
    );
  });

  test('is the same, to the byte, for the same seed', () => {
    fc.assert(
      fc.property(arbitraryLoad, anySeed, anyDuration, (any, root, durationMs) => {
        const again = (): string => scheduleSha256(makeSchedule({ load: any, durationMs, seed: root, weights }));
        expect(again()).toBe(again());
      }),
      { seed, numRuns: 30 },
    );
  });

  test('only grows when the trial does', () => {
    fc.assert(
      fc.property(arbitraryLoad, anySeed, anyDuration, anyDuration, (any, root, durationMs, moreMs) => {
        const short = makeSchedule({ load: any, durationMs, seed: root, weights });
        const long = makeSchedule({ load: any, durationMs: durationMs + moreMs, seed: root, weights });
        expect(scheduleSha256(firstOf(long, short.dueMs.length))).toBe(scheduleSha256(short));
        expect(long.dueMs[short.dueMs.length] ?? Infinity).toBeGreaterThanOrEqual(durationMs);
      }),
      { seed },
    );
  });
});

function firstOf({ dueMs, endpoint, payloadSeed }: ArrivalSchedule, count: number): ArrivalSchedule {
  return {
    dueMs: dueMs.slice(0, count),
    endpoint: endpoint.slice(0, count),
    payloadSeed: payloadSeed.slice(0, count),
  };
}

test('a Poisson process has as many arrivals as its rate lets expect, in any part of the trial', () => {
  fc.assert(
    fc.property(arbitraryRate, anySeed, (rate, root) => {
      const durationMs = 60_000;
      const curve = rateCurve(rate);
      const { dueMs } = makeSchedule({ load: load(rate, poisson), durationMs, seed: root, weights });
      for (const [fromMs, toMs] of [
        [0, durationMs],
        [0, 20_000],
        [20_000, 45_000],
      ] as const) {
        const expected = curve.cumulative(toMs) - curve.cumulative(fromMs);
        const count = dueMs.filter((due) => due >= fromMs && due < toMs).length;
        // The standard deviation of a Poisson count is the root of its mean; six of them, and room for a small mean.
        expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected) + 6);
      }
    }),
    { seed },
  );
});

test('even arrivals are where the expected number is a half, one and a half, ...', () => {
  fc.assert(
    fc.property(arbitraryRate, anySeed, (rate, root) => {
      const durationMs = 30_000;
      const curve = rateCurve(rate);
      const { dueMs } = makeSchedule({ load: load(rate, { kind: 'even' }), durationMs, seed: root, weights });
      expect(dueMs.length).toBe(Math.floor(curve.cumulative(durationMs) + 0.5 - 1e-9));
      const farthest = dueMs.reduce(
        (most, due, index) => Math.max(most, Math.abs(curve.cumulative(due) - index - 0.5)),
        0,
      );
      // Rounding down to a microsecond loses at most a thousandth of the rate per millisecond.
      expect(farthest).toBeLessThan(1e-6 * 1600 + 1e-9);
    }),
    { seed },
  );
});

test('bursts leave the mean as it is', () => {
  const bursty: ArrivalProcess = { kind: 'bursty', burstFactor: 10, burstMs: 200, calmMs: 1000 };
  const counts = Array.from(
    { length: 200 },
    (_, root) =>
      makeSchedule({ load: load(constant(100), bursty), durationMs: 20_000, seed: root, weights }).dueMs.length,
  );
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (counts.length - 1);

  // Five standard errors.
  expect(Math.abs(mean - 2000)).toBeLessThan(5 * Math.sqrt(variance / counts.length));
  expect(variance / mean).toBeGreaterThan(10);
});

test('the bursts are at the same time at any rate', () => {
  const bursty: ArrivalProcess = { kind: 'bursty', burstFactor: 100, burstMs: 500, calmMs: 2000 };
  const busy = (perSecond: number): readonly boolean[] => {
    const { dueMs } = makeSchedule({ load: load(constant(perSecond), bursty), durationMs: 20_000, seed: 3, weights });
    const counts = new Array<number>(200).fill(0);
    for (const due of dueMs) counts[Math.floor(due / 100)] = (counts[Math.floor(due / 100)] ?? 0) + 1;
    return counts.map((count) => count > perSecond / 10);
  };
  const [low, high] = [busy(500), busy(5000)];
  const differences = low.filter((isBusy, window) => isBusy !== high[window]).length;

  expect(low.filter(Boolean).length).toBeGreaterThan(10);
  expect(differences).toBeLessThan(10);
});

test('instants are taken as they are', () => {
  const arrivals: ArrivalProcess = { kind: 'instants', file: 'a.txt', atMs: [0, 1.5, 1.5, 999.999, 1000, 2000] };
  const { dueMs } = makeSchedule({ load: load(constant(1), arrivals), durationMs: 1000, seed: 1, weights });

  expect([...dueMs]).toEqual([0, 1.5, 1.5, 999.999]);
});

test('endpoints are asked for as often as their weights say, and one without weight never', () => {
  const mix = [60, 0, 30, 10, 0];
  const { endpoint } = makeSchedule({ load: load(constant(1000), poisson), durationMs: 60_000, seed: 5, weights: mix });
  const counts = mix.map((_, index) => endpoint.filter((each) => each === index).length);

  mix.forEach((weight, index) => {
    const expected = (endpoint.length * weight) / 100;
    expect(Math.abs((counts[index] ?? 0) - expected)).toBeLessThanOrEqual(6 * Math.sqrt(expected));
  });
});

test('another mix moves no arrival and no seed', () => {
  const of = (mix: readonly number[]): ArrivalSchedule =>
    makeSchedule({ load: load(constant(100), poisson), durationMs: 10_000, seed: 9, weights: mix });

  expect([of([1]).dueMs, of([1]).payloadSeed]).toEqual([of([1, 1, 5]).dueMs, of([1, 1, 5]).payloadSeed]);
});

test('seeds of requests are spread over 32 bits', () => {
  const { payloadSeed } = makeSchedule({ load: load(constant(1000), poisson), durationMs: 10_000, seed: 1, weights });
  const mean = payloadSeed.reduce((sum, each) => sum + each, 0) / payloadSeed.length / 2 ** 32;

  expect(Math.abs(mean - 0.5)).toBeLessThan(0.02);
  expect(new Set(payloadSeed).size).toBeGreaterThan(payloadSeed.length - 5);
});

test('a schedule that was drawn once stays what it is', () => {
  const ramp: RateShape = { kind: 'ramp', fromPerSecond: 10, toPerSecond: 100, durationMs: 60_000 };
  const bursty: ArrivalProcess = { kind: 'bursty', burstFactor: 5, burstMs: 500, calmMs: 2000 };
  const hashes = [load(constant(100), poisson), load(ramp, { kind: 'even' }), load(ramp, bursty)].map((each) =>
    scheduleSha256(makeSchedule({ load: each, durationMs: 60_000, seed: 7, weights })).slice(0, 16),
  );

  // Written down once: experiments that exist must be repeatable.
  expect(hashes).toEqual(['f9468c4f86f3c2ba', 'a82e5d0fd74ec655', '3e8433911cb783c1']);
});

test('time compression shortens the load and keeps its rates', () => {
  const ramp = load({ kind: 'ramp', fromPerSecond: 0, toPerSecond: 100, durationMs: 40_000 }, { kind: 'even' });
  const compressed = makeSchedule({ load: ramp, durationMs: 10_000, seed: 1, weights, timeCompression: 4 });
  const shorter = load({ kind: 'ramp', fromPerSecond: 0, toPerSecond: 100, durationMs: 10_000 }, { kind: 'even' });

  expect(compressed).toEqual(makeSchedule({ load: shorter, durationMs: 10_000, seed: 1, weights }));
  expect(compressed.dueMs.length).toBe(500);
});

test('more than 16 million requests are refused', () => {
  const request = { load: load(constant(1_000_000), poisson), durationMs: 3_600_000, seed: 1, weights };

  expect(() => makeSchedule(request)).toThrow(
    new HarnessError(
      'profile-invalid',
      'The load any has some 3600000000 requests in a trial, expected at most 16000000.',
      { hint: 'Lower its rate, or make the trial shorter.' },
    ),
  );
});

test.each([
  ['none', []],
  ['only zeros', [0, 0]],
  ['one below 0', [1, -1]],
  ['more than 256', new Array<number>(257).fill(1)],
])('weights that are %s are a fault', (_, wrong) => {
  expect(() => makeSchedule({ load: load(constant(1), poisson), durationMs: 1000, seed: 1, weights: wrong })).toThrow(
    /^weights of endpoints that cannot be drawn from/,
  );
});
