import { unreachable } from '../core/unreachable.ts';
import { waitGroups, waitStatistics, type WaitGroup, type WaitMetric, type WaitStatistic } from '../plan/plan.ts';
import type { Sample, WaitReading } from '../telemetry/sample.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import { SlotSum } from './slot-sum.ts';

/** The waits of one population in some samples. */
export class WaitTotals {
  count = 0;
  waitSeconds = 0;
  throttledSeconds = 0;
  /** Readings of them. */
  readings = 0;
  /** False if a reading cannot tell throttling from contention. */
  isToldApart = true;
  readonly #slots = new SlotSum();

  add(reading: WaitReading): void {
    this.readings += 1;
    this.count += reading.count;
    this.waitSeconds += reading.waitSeconds;
    if (reading.cause === 'throttled') this.throttledSeconds += reading.waitSeconds;
    if (reading.cause === 'any') this.isToldApart = false;
    this.#slots.addOne(reading);
  }

  /** Null if nothing was read, or something without a histogram. */
  get slots(): readonly number[] | null {
    return this.#slots.slots;
  }

  /** Null if the source cannot tell throttling from contention, or if nothing waited. */
  get throttledShare(): number | null {
    return this.waitSeconds === 0 || !this.isToldApart ? null : this.throttledSeconds / this.waitSeconds;
  }
}

/** The groups that are none of a replica. */
export const otherGroups: ReadonlySet<string> = new Set(['canary', 'disturbance', 'all']);

/** In one pass, because an experiment may hold a million readings. */
export function waitTotals(samples: readonly Sample[]): Readonly<Record<WaitGroup, WaitTotals>> {
  const totals = { canary: new WaitTotals(), all: new WaitTotals(), application: new WaitTotals() };
  for (const { waits } of samples) {
    for (const reading of waits ?? []) {
      if (reading.group === 'canary') totals.canary.add(reading);
      else if (reading.group === 'all') totals.all.add(reading);
      else if (!otherGroups.has(reading.group)) totals.application.add(reading);
    }
  }
  return totals;
}

export function waitMetrics(
  totals: Readonly<Record<WaitGroup, WaitTotals>>,
  elapsedSeconds: number,
): Readonly<Record<WaitMetric, number | null>> {
  const entries = waitGroups.flatMap((group) =>
    waitStatistics.map((statistic) => [
      `${group}-wait-${statistic}`,
      statisticOf(totals[group], statistic, elapsedSeconds),
    ]),
  );
  // One entry for each group and statistic, which are what a metric's name is made of.
  return Object.fromEntries(entries) as Record<WaitMetric, number | null>;
}

/**
 * null if no wait ended, or if the source has no histogram and the statistic needs one. A quantile is the middle of its slot, so at most 6.25 %
 * off (from 1 microsecond on).
 */
function statisticOf(totals: WaitTotals, statistic: WaitStatistic, elapsedSeconds: number): number | null {
  const { readings, count, waitSeconds, slots } = totals;
  if (readings === 0) return null;
  const quantile = (p: number): number | null => (slots === null ? null : (waitQuantile(slots, p)?.value ?? null));
  switch (statistic) {
    case 'total':
      return elapsedSeconds === 0 ? null : waitSeconds / elapsedSeconds;
    case 'mean':
      return count === 0 ? null : waitSeconds / count;
    case 'p50':
      return quantile(0.5);
    case 'p95':
      return quantile(0.95);
    case 'p99':
      return quantile(0.99);
    default:
      return unreachable(statistic);
  }
}
