import type { WaitReading } from '../../telemetry/sample.ts';
import { slotBoundsNs, slotCount } from '../../telemetry/wait-slots.ts';

/**
 * The p95 of the waits of several readings together, in milliseconds: what `waitQuantile` gives of their sum. A step has some thousand of them, and
 * the sum would cost most of it; read from the long waits down, only the slots above the p95 are looked at.
 * @returns null if nothing was counted, or some reading has no histogram
 */
export function mergedP95Ms(readings: readonly WaitReading[]): number | null {
  const histograms: (readonly number[])[] = [];
  let total = 0;
  for (const { count, slots } of readings) {
    if (slots === null) return null;
    total += count;
    histograms.push(slots);
  }
  // Of rank ceil(0.95 n), in whole numbers: so many waits are longer.
  let longer = total - Math.ceil((95 * total) / 100);
  for (let slot = slotCount - 1; slot >= 0; slot--) {
    for (const slots of histograms) longer -= slots[slot] ?? 0;
    if (longer < 0) return middleMs(slot);
  }
  return null;
}

function middleMs(slot: number): number {
  const [low = 0, high = Infinity] = [slotBoundsNs[slot], slotBoundsNs[slot + 1]];
  return (high === Infinity ? low : low + (high - low) / 2) / 1e6;
}
