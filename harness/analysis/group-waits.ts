import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { Sample, WaitReading } from '../telemetry/sample.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import type { DrawnGroup, SeriesPoint } from './figure-data.ts';
import { isMeasured } from './measured-part.ts';
import { SlotSum } from './slot-sum.ts';
import { seriesSteps, stepOf } from './time-steps.ts';
import { otherGroups } from './wait-totals.ts';

/** The waits of one population in one trial. */
export interface GroupWaits {
  /** Of the measured part; null if a reading has no histogram, or if nothing was read. */
  readonly measuredSlots: readonly number[] | null;
  readonly series: readonly SeriesPoint[];
}

/** In one pass over the samples. A point for each sample, or, if they are many, for those of a step together. */
export function groupWaits(plan: Plan, group: DrawnGroup, { record, samples }: RecordedTrial): GroupWaits {
  const isOfGroup = (reading: WaitReading): boolean =>
    group === 'application' ? !otherGroups.has(reading.group) : reading.group === group;
  const measured = new SlotSum();
  const steps = seriesSteps(plan);
  const isEachAlone = steps.stepMs === plan.sampleMs;
  const points = new Map<number, { last: Sample; readonly waits: SlotSum }>();
  samples.forEach((sample, place) => {
    const step = isEachAlone ? place : stepOf(steps, sample.atMs - sample.intervalMs / 2);
    let point = step === null ? undefined : points.get(step);
    if (step !== null && point === undefined) points.set(step, (point = { last: sample, waits: new SlotSum() }));
    if (point !== undefined) point.last = sample;
    const isCounted = isMeasured(plan, sample);
    for (const reading of sample.waits ?? []) {
      if (!isOfGroup(reading)) continue;
      if (isCounted) measured.addOne(reading);
      point?.waits.addOne(reading);
    }
  });
  const { arm, block } = record;
  return {
    measuredSlots: measured.slots,
    series: [...points.values()].map(({ last, waits: { slots } }): SeriesPoint => {
      const quantile = (p: number): number | null => (slots === null ? null : (waitQuantile(slots, p)?.value ?? null));
      return {
        ...{ group, arm, block, atMs: last.atMs, warmup: !isMeasured(plan, last) },
        ...{ p50Seconds: quantile(0.5), p95Seconds: quantile(0.95), p99Seconds: quantile(0.99) },
      };
    }),
  };
}
