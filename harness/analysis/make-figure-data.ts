import { waitGroups, type Plan } from '../plan/plan.ts';
import { median, sortSample } from '../statistics/quantile.ts';
import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { Sample, WaitReading } from '../telemetry/sample.ts';
import { log2SlotCount, log2View } from '../telemetry/wait-slots.ts';
import type { FigureData, SeriesPoint, WaitHistogram } from './figure-data.ts';
import { isMeasured } from './measured-part.ts';
import { mergeSlots, waitQuantileSeconds } from './measure.ts';
import type { Summary } from './summary.ts';

type Group = WaitHistogram['group'];

/** What the figures draw: of every valid trial that counts. */
export function makeFigureData(recorded: RecordedExperiment, summary: Summary): FigureData {
  const { plan } = recorded;
  const groups = waitGroups.filter((group) => group !== 'canary' || plan.canary !== null);
  const trialsOf = (arm: string): readonly RecordedTrial[] =>
    summary.trials
      .filter((trial) => trial.arm === arm && trial.counted && trial.verdict.kind === 'valid')
      .flatMap(({ id }) => recorded.trials.get(id) ?? []);
  return {
    histograms: groups.flatMap((group) =>
      plan.arms.flatMap(({ name }) => histogram(plan, group, name, trialsOf(name))),
    ),
    series: groups.flatMap((group) =>
      plan.arms.flatMap(({ name }) => trialsOf(name).flatMap((trial) => series(plan, group, trial))),
    ),
  };
}

function readings(samples: readonly Sample[], group: Group): readonly WaitReading[] {
  return samples.flatMap(({ waits }) => waits ?? []).filter((reading) => reading.group === group);
}

/** Nothing without a histogram to draw. */
function histogram(plan: Plan, group: Group, arm: string, trials: readonly RecordedTrial[]): WaitHistogram[] {
  const shares = trials.flatMap(({ samples }) => {
    const slots = mergeSlots(
      readings(
        samples.filter((sample) => isMeasured(plan, sample)),
        group,
      ),
    );
    const view = slots === null ? [] : log2View(slots);
    const total = view.reduce((sum, count) => sum + count, 0);
    return total === 0 ? [] : [view.map((count) => count / total)];
  });
  if (shares.length === 0) return [];
  const slots = Array.from({ length: log2SlotCount }, (_, slot) => {
    const sorted = sortSample(shares.map((trial) => trial[slot] ?? 0));
    return {
      lowerMicros: slot === 0 ? 0 : 2 ** slot,
      upperMicros: 2 ** (slot + 1),
      medianShare: median(sorted) ?? 0,
      lowShare: sorted[0] ?? 0,
      highShare: sorted[sorted.length - 1] ?? 0,
    };
  });
  return [{ group, arm, trials: shares.length, slots }];
}

function series(plan: Plan, group: Group, { record, samples }: RecordedTrial): SeriesPoint[] {
  return samples.map((sample) => {
    const waits = readings([sample], group);
    return {
      ...{ group, arm: record.arm, block: record.block, atMs: sample.atMs, warmup: !isMeasured(plan, sample) },
      p50Seconds: waitQuantileSeconds(waits, 0.5),
      p95Seconds: waitQuantileSeconds(waits, 0.95),
      p99Seconds: waitQuantileSeconds(waits, 0.99),
    };
  });
}
