import { planForArm } from '../plan/plan-for-arm.ts';
import type { Plan, PlannedArm } from '../plan/plan.ts';
import { median, sortSample } from '../statistics/quantile.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import { log2SlotCount, log2View } from '../telemetry/wait-slots.ts';
import type { ApplicationFigureData } from './application-figure-data.ts';
import { armActions, armRefusals } from './arm-actions.ts';
import { armBreakdowns, trialBreakdowns, type TrialBreakdowns } from './arm-breakdown.ts';
import { armEvents } from './arm-events.ts';
import { armRequests } from './arm-requests.ts';
import { armsOverTime } from './arms-over-time.ts';
import { drawnGroups, type DrawnGroup, type FigureData, type WaitHistogram } from './figure-data.ts';
import { groupWaits, type GroupWaits } from './group-waits.ts';
import { loadGenerators } from './load-generators.ts';
import { loadOverTime } from './load-over-time.ts';
import { serviceNumbers } from './service-numbers.ts';
import { newWalk, walkTrial, type ServiceWalk } from './service-walk.ts';
import { servicesOverTime } from './services-over-time.ts';
import type { TrialRow } from './summary.ts';

/**
 * What the figures draw of one arm. It is given one trial after the other and keeps nothing of its samples and spans: those of a hundred
 * trials do not fit into the memory that a report may take.
 */
export class ArmFigures {
  readonly #plan: Plan;
  readonly #arm: string;
  readonly #waits: ReadonlyMap<DrawnGroup, GroupWaits[]>;
  readonly #walk: ServiceWalk;
  readonly #breakdowns: TrialBreakdowns[] = [];
  /** Trials that count, and those of them that are valid; without samples and spans. */
  readonly #counted: RecordedTrial[] = [];
  readonly #valid: RecordedTrial[] = [];

  constructor(plan: Plan, arm: PlannedArm) {
    this.#plan = planForArm(plan, arm);
    this.#arm = arm.name;
    this.#waits = new Map(drawnGroups.filter((group) => isThere(this.#plan, group)).map((group) => [group, []]));
    this.#walk = newWalk(this.#plan);
  }

  /** In the order in which they were started. Trials that do not count are left out. */
  add(trial: RecordedTrial, { counted, verdict }: Pick<TrialRow, 'counted' | 'verdict'>): void {
    if (!counted) return;
    const slim = { ...trial, samples: [], spans: [] };
    this.#counted.push(slim);
    if (verdict.kind !== 'valid') return;
    this.#valid.push(slim);
    for (const [group, waits] of this.#waits) waits.push(groupWaits(this.#plan, group, trial));
    if (this.#plan.application === null) return;
    walkTrial(this.#plan, this.#walk, trial.samples);
    this.#breakdowns.push(trialBreakdowns(this.#plan, trial));
  }

  /** The valid trials that count, without samples and spans. */
  get valid(): readonly RecordedTrial[] {
    return this.#valid;
  }

  data(): FigureData {
    const waits = [...this.#waits];
    return {
      histograms: waits.flatMap(([group, ofTrials]) => histogram(group, this.#arm, ofTrials)),
      series: waits.flatMap(([, ofTrials]) => ofTrials.flatMap(({ series }) => series)),
      application: this.#plan.application === null ? null : this.#application(),
    };
  }

  #application(): ApplicationFigureData {
    const [plan, arm, walk, valid] = [this.#plan, this.#arm, this.#walk, this.#valid];
    const quantiles = armBreakdowns(plan, arm, this.#breakdowns);
    return {
      requests: armRequests(plan, arm, valid),
      loadOverTime: loadOverTime(plan, arm, valid),
      armsOverTime: armsOverTime(plan, arm, valid, walk),
      services: serviceNumbers(plan, arm, valid, walk),
      servicesOverTime: servicesOverTime(arm, walk),
      breakdowns: quantiles.flatMap(({ breakdown }) => breakdown ?? []),
      unansweredQuantiles: quantiles.flatMap(({ unanswered }) => (unanswered.trials === 0 ? [] : [unanswered])),
      actions: armActions(plan, arm, this.#counted),
      refusals: armRefusals(arm, this.#counted),
      events: armEvents(arm, this.#counted),
      generators: loadGenerators(valid),
    };
  }
}

function isThere({ canary, application }: Plan, group: DrawnGroup): boolean {
  if (group === 'canary') return canary !== null;
  return group === 'all' || application !== null;
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
