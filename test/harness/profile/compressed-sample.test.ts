import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compressedSampleMs } from '../../../harness/profile/compressed-sample.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import { loaded, profileText } from './profile-text.ts';

test.each([
  [1000, 1, 1000],
  [1000, 2, 500],
  // Thirds of a second are no whole milliseconds.
  [1000, 3, 500],
  [1000, 2.5, 500],
  [1000, 10, 100],
  [1000, 60, 100],
  [2000, 10, 200],
  [150, 1000, 150],
  [100, 10, 100],
  [997, 10, 997],
])('a sample of %d ms, compressed %d times, takes %d ms', (sampleMs, timeCompression, expected) => {
  expect(compressedSampleMs({ sampleMs, timeCompression })).toBe(expected);
});

test('a trial that is whole samples stays so, and no sample is divided by more than k or shorter than 100 ms', () => {
  const sample = fc.integer({ min: 100, max: 10_000 });
  const compression = fc.double({ min: 1, max: 1000, noNaN: true });
  fc.assert(
    fc.property(sample, compression, fc.integer({ min: 1, max: 1000 }), (sampleMs, timeCompression, samples) => {
      const compressed = compressedSampleMs({ sampleMs, timeCompression });
      expect((samples * sampleMs) % compressed).toBe(0);
      expect(compressed).toBeGreaterThanOrEqual(Math.max(100, sampleMs / timeCompression));
      expect(Number.isInteger(compressed)).toBe(true);
    }),
  );
});

test('the plan has the interval at which samples are taken, the profile the one that was written', () => {
  const profile = loaded(profileText(), ['timeCompression=4', 'sampleInterval=1s', 'trial.duration=20s']);
  expect(profile.sampleMs).toBe(1000);
  expect(makePlan(profile, 'a')).toMatchObject({ sampleMs: 250, trialMs: 20_000, timeCompression: 4 });
});
