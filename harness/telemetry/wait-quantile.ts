import { quantileOfBuckets } from '../statistics/bucket-quantile.ts';
import type { BucketQuantile } from '../statistics/bucket-quantile.ts';
import { slotBoundsNs } from './wait-slots.ts';

const slotBoundsSeconds = slotBoundsNs.map((ns) => ns / 1e9);

/** The quantile `p` (0 to 1) of waits counted by slot, in seconds. Null if nothing was counted. */
export function waitQuantile(slots: readonly number[], p: number): BucketQuantile | null {
  return quantileOfBuckets(slots, slotBoundsSeconds, p);
}
