import type { Profile } from './profile.ts';

/** No sample is shorter: the cost of taking it would be among what it measures. */
const shortestMs = 100;

/**
 * How often a trial is measured: the sample interval divided by the time compression k (design 4.8), or by the next smaller whole number
 * that leaves whole milliseconds, and at least 100 of them. So trial and warm-up stay whole numbers of samples.
 */
export function compressedSampleMs({
  sampleMs,
  timeCompression,
}: Pick<Profile, 'sampleMs' | 'timeCompression'>): number {
  for (let parts = Math.floor(timeCompression); parts > 1; parts--) {
    if (sampleMs % parts === 0 && sampleMs / parts >= shortestMs) return sampleMs / parts;
  }
  return sampleMs;
}
