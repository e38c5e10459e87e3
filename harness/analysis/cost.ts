import type { Prices } from '../plan/plan.ts';
import type { ReservedTotals } from './replica-totals.ts';

const secondsPerHour = 3600;

/**
 * What was reserved, at the prices of the profile and in their currency: core-seconds and gigabyte-seconds by limit. What costs nothing
 * need not be known. null without prices, or if something that costs is not known.
 */
export function costOf(
  { coreSeconds, gigabyteSeconds }: Pick<ReservedTotals, 'coreSeconds' | 'gigabyteSeconds'>,
  prices: Prices | null,
): number | null {
  if (prices === null) return null;
  const cores = priced(coreSeconds, prices.coreHour);
  const gigabytes = priced(gigabyteSeconds, prices.gigabyteHour);
  return cores === null || gigabytes === null ? null : (cores + gigabytes) / secondsPerHour;
}

function priced(amount: number | null, pricePerHour: number): number | null {
  if (pricePerHour === 0) return 0;
  return amount === null ? null : amount * pricePerHour;
}
