import type { Plan } from '../plan/plan.ts';
import { median, sortSample } from '../statistics/quantile.ts';
import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { Sample } from '../telemetry/sample.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import { log2SlotCount, log2View } from '../telemetry/wait-slots.ts';
import type { ApplicationFigureData } from './application-figure-data.ts';
import { armActions, armRefusals } from './arm-actions.ts';
import { armBreakdowns } from './arm-breakdown.ts';
import { armEvents } from './arm-events.ts';
import { armRequests } from './arm-requests.ts';
import { armsOverTime } from './arms-over-time.ts';
import { drawnGroups, type DrawnGroup, type FigureData, type SeriesPoint, type WaitHistogram } from './figure-data.ts';
import { loadGenerators } from './load-generators.ts';
import { loadOverTime } from './load-over-time.ts';
import { isMeasured } from './measured-part.ts';
import { mergeSlots, readingsOf } from './measure.ts';
import { serviceNumbers } from './service-numbers.ts';
import { servicesOverTime } from './services-over-time.ts';
import type { Summary, TrialRow } from './summary.ts';
import { seriesSteps, stepOf } from './time-steps.ts';

/** What the figures draw: of every valid trial that counts. */
export function makeFigureData(recorded: RecordedExperiment, summary: Summary): FigureData {
  const { plan } = recorded;
  const groups = drawnGroups.filter((group) => isThere(plan, group));
  const countedOf = (arm: string): readonly TrialRow[] =>
    summary.trials.filter((trial) => trial.arm === arm && trial.counted);
  const recordsOf = (rows: readonly TrialRow[]): readonly RecordedTrial[] =>
    rows.flatMap(({ id }) => recorded.trials.get(id) ?? []);
  const trialsOf = (arm: string): readonly RecordedTrial[] =>
    recordsOf(countedOf(arm).filter(({ verdict }) => verdict.kind === 'valid'));
  return {
    histograms: groups.flatMap((group) =>
      plan.arms.flatMap(({ name }) => histogram(plan, group, name, trialsOf(name))),
    ),
    series: groups.flatMap((group) =>
      plan.arms.flatMap(({ name }) => trialsOf(name).flatMap((trial) => series(plan, group, trial))),
    ),
    application:
      plan.application === null
        ? null
        : {
            ...applicationData(plan, trialsOf),
            actions: plan.arms.flatMap(({ name }) => armActions(plan, name, recordsOf(countedOf(name)))),
            refusals: plan.arms.flatMap(({ name }) => armRefusals(name, recordsOf(countedOf(name)))),
            events: plan.arms.flatMap(({ name }) => armEvents(name, recordsOf(countedOf(name)))),
          },
  };
}

function isThere({ canary, application }: Plan, group: DrawnGroup): boolean {
  if (group === 'canary') return canary !== null;
  return group === 'all' || application !== null;
}

function applicationData(
  plan: Plan,
  trialsOf: (arm: string) => readonly RecordedTrial[],
): Omit<ApplicationFigureData, 'actions' | 'refusals' | 'events'> {
  const ofArms = <T>(make: (plan: Plan, arm: string, trials: readonly RecordedTrial[]) => readonly T[]): readonly T[] =>
    plan.arms.flatMap(({ name }) => make(plan, name, trialsOf(name)));
  const quantiles = ofArms(armBreakdowns);
  return {
    requests: ofArms(armRequests),
    loadOverTime: ofArms(loadOverTime),
    armsOverTime: ofArms(armsOverTime),
    services: ofArms(serviceNumbers),
    servicesOverTime: ofArms(servicesOverTime),
    breakdowns: quantiles.flatMap(({ breakdown }) => breakdown ?? []),
    unansweredQuantiles: quantiles.flatMap(({ unanswered }) => (unanswered.trials === 0 ? [] : [unanswered])),
    generators: loadGenerators(plan.arms.flatMap(({ name }) => trialsOf(name))),
  };
}

/** Nothing without a histogram to draw. */
function histogram(plan: Plan, group: DrawnGroup, arm: string, trials: readonly RecordedTrial[]): WaitHistogram[] {
  const shares = trials.flatMap(({ samples }) => {
    const slots = mergeSlots(
      readingsOf(
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

function series(plan: Plan, group: DrawnGroup, { record, samples }: RecordedTrial): SeriesPoint[] {
  return inSteps(plan, samples).flatMap((ofStep) => {
    const [last] = ofStep.slice(-1);
    if (last === undefined) return [];
    const slots = mergeSlots(readingsOf(ofStep, group));
    const quantile = (p: number): number | null => (slots === null ? null : (waitQuantile(slots, p)?.value ?? null));
    return [
      {
        ...{ group, arm: record.arm, block: record.block, atMs: last.atMs, warmup: !isMeasured(plan, last) },
        ...{ p50Seconds: quantile(0.5), p95Seconds: quantile(0.95), p99Seconds: quantile(0.99) },
      },
    ];
  });
}

/** The samples one by one, or, if they are many, those of a step together. */
function inSteps(plan: Plan, samples: readonly Sample[]): readonly (readonly Sample[])[] {
  const steps = seriesSteps(plan);
  if (steps.stepMs === plan.sampleMs) return samples.map((sample) => [sample]);
  const byStep = new Map<number, Sample[]>();
  for (const sample of samples) {
    const step = stepOf(steps, sample.atMs - sample.intervalMs / 2);
    if (step !== null) byStep.set(step, [...(byStep.get(step) ?? []), sample]);
  }
  return [...byStep.values()];
}
