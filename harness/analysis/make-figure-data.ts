import type { Plan } from '../plan/plan.ts';
import { median, sortSample } from '../statistics/quantile.ts';
import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import { log2SlotCount, log2View } from '../telemetry/wait-slots.ts';
import type { ApplicationFigureData } from './application-figure-data.ts';
import { armActions, armRefusals } from './arm-actions.ts';
import { armBreakdowns } from './arm-breakdown.ts';
import { armEvents } from './arm-events.ts';
import { armRequests } from './arm-requests.ts';
import { armsOverTime } from './arms-over-time.ts';
import { drawnGroups, type DrawnGroup, type FigureData, type WaitHistogram } from './figure-data.ts';
import { groupWaits, type GroupWaits } from './group-waits.ts';
import { loadGenerators } from './load-generators.ts';
import { loadOverTime } from './load-over-time.ts';
import { serviceNumbers } from './service-numbers.ts';
import { walkServices } from './service-walk.ts';
import { servicesOverTime } from './services-over-time.ts';
import type { Summary, TrialRow } from './summary.ts';

/** What the figures draw: of every valid trial that counts. */
export function makeFigureData(
  recorded: Pick<RecordedExperiment, 'plan' | 'trials'>,
  summary: Pick<Summary, 'trials'>,
): FigureData {
  const { plan } = recorded;
  const groups = drawnGroups.filter((group) => isThere(plan, group));
  const countedOf = (arm: string): readonly TrialRow[] =>
    summary.trials.filter((trial) => trial.arm === arm && trial.counted);
  const recordsOf = (rows: readonly TrialRow[]): readonly RecordedTrial[] =>
    rows.flatMap(({ id }) => recorded.trials.get(id) ?? []);
  const trialsOf = (arm: string): readonly RecordedTrial[] =>
    recordsOf(countedOf(arm).filter(({ verdict }) => verdict.kind === 'valid'));
  const waits = groups.flatMap((group) =>
    plan.arms.map(({ name: arm }) => ({
      ...{ group, arm },
      ofTrials: trialsOf(arm).map((trial) => groupWaits(plan, group, trial)),
    })),
  );
  return {
    histograms: waits.flatMap(({ group, arm, ofTrials }) => histogram(group, arm, ofTrials)),
    series: waits.flatMap(({ ofTrials }) => ofTrials.flatMap(({ series }) => series)),
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
  const ofServices = plan.arms.map(({ name: arm }) => {
    const trials = trialsOf(arm);
    const walk = walkServices(plan, trials);
    return {
      armsOverTime: armsOverTime(plan, arm, trials, walk),
      services: serviceNumbers(plan, arm, trials, walk),
      servicesOverTime: servicesOverTime(arm, walk),
    };
  });
  return {
    requests: ofArms(armRequests),
    loadOverTime: ofArms(loadOverTime),
    armsOverTime: ofServices.flatMap((one) => one.armsOverTime),
    services: ofServices.flatMap((one) => one.services),
    servicesOverTime: ofServices.flatMap((one) => one.servicesOverTime),
    breakdowns: quantiles.flatMap(({ breakdown }) => breakdown ?? []),
    unansweredQuantiles: quantiles.flatMap(({ unanswered }) => (unanswered.trials === 0 ? [] : [unanswered])),
    generators: loadGenerators(plan.arms.flatMap(({ name }) => trialsOf(name))),
  };
}

/** Nothing without a histogram to draw. */
function histogram(group: DrawnGroup, arm: string, trials: readonly GroupWaits[]): WaitHistogram[] {
  const shares = trials.flatMap(({ measuredSlots }) => {
    const view = measuredSlots === null ? [] : log2View(measuredSlots);
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
