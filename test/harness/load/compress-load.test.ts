import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import { compressLoad } from '../../../harness/load/compress-load.ts';
import { rateCurve } from '../../../harness/load/rate-shape.ts';
import type { Load } from '../../../harness/profile/load.ts';
import { arbitraryRate } from './arbitrary-load.ts';

test('a compressed rate is at any time what the rate is k times later', () => {
  fc.assert(
    fc.property(
      arbitraryRate,
      fc.integer({ min: 1, max: 50 }),
      fc.double({ min: 0, max: 60_000, noNaN: true }),
      (rate, k, ms) => {
        const load: Load = { name: 'any', rate, arrivals: { kind: 'poisson' }, mix: null };
        const [whole, compressed] = [rateCurve(rate), rateCurve(compressLoad(load, k).rate)];

        expect(compressed.cumulative(ms / k)).toBeCloseTo(whole.cumulative(ms) / k, 6);
      },
    ),
    { seed: 20_240_611 },
  );
});

test('bursts become shorter, and their factor stays', () => {
  const load: Load = {
    name: 'any',
    rate: { kind: 'constant', perSecond: 10 },
    arrivals: { kind: 'bursty', burstFactor: 5, burstMs: 500, calmMs: 2000 },
    mix: 'original',
  };

  expect(compressLoad(load, 10)).toEqual({
    ...load,
    arrivals: { kind: 'bursty', burstFactor: 5, burstMs: 50, calmMs: 200 },
  });
});

test('instants cannot be compressed, because their rate would change', () => {
  const load: Load = {
    name: 'recorded',
    rate: { kind: 'constant', perSecond: 10 },
    arrivals: { kind: 'instants', file: 'a.txt', atMs: [1, 2] },
    mix: null,
  };

  expect(compressLoad(load, 1)).toBe(load);
  expect(() => compressLoad(load, 4)).toThrow(
    new HarnessError(
      'profile-invalid',
      'The arrivals of the load recorded are instants, which time compression by 4 would bring 4 times as often.',
      { hint: 'Give it a rate and an arrival process, or leave timeCompression at 1.' },
    ),
  );
});
