import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { ArmBreakdown, UnansweredQuantile } from './application-figure-data.ts';
import { meanTime } from './request-time.ts';
import type { SpanTime } from './span-time.ts';
import { spreadOf } from './spread.ts';
import { breakDown, type TrialBreakdown } from './time-breakdown.ts';

const quantiles = { p50: 0.5, p99: 0.99 } as const;

/** A quantile of an arm, and what can be told of its request. */
export interface QuantileBreakdown {
  readonly unanswered: UnansweredQuantile;
  readonly breakdown: ArmBreakdown | null;
}

/** Of one trial, by quantile. */
export type TrialBreakdowns = ReturnType<typeof breakDown>;

export const trialBreakdowns = (plan: Plan, trial: RecordedTrial): TrialBreakdowns =>
  breakDown(plan, trial, Object.values(quantiles));

/** Where the time of the median and of the p99 request of an arm went: the mean over its trials, each with the same weight. */
export function armBreakdowns(
  plan: Plan,
  arm: string,
  ofTrials: readonly TrialBreakdowns[],
): readonly QuantileBreakdown[] {
  const stores = new Set(
    plan.application?.model.services.flatMap(({ role, name }) => (role === 'store' ? [name] : [])),
  );
  return (['p50', 'p99'] as const).map((quantile, index) => {
    const all = ofTrials.map((trial) => trial[index] ?? null);
    const known = all.filter((trial) => trial !== null && trial !== 'unanswered');
    return {
      unanswered: { arm, quantile, trials: all.filter((trial) => trial === 'unanswered').length },
      breakdown: breakdownOf(arm, quantile, known, stores),
    };
  });
}

/** Null without a trial. */
function breakdownOf(
  arm: string,
  quantile: ArmBreakdown['quantile'],
  trials: readonly TrialBreakdown[],
  stores: ReadonlySet<string>,
): ArmBreakdown | null {
  const quantileMs = spreadOf(trials.map((trial) => trial.quantileMs));
  if (quantileMs === null) return null;
  const mean = meanTime(trials.map((trial) => trial.mean));
  return {
    ...{ arm, quantile, trials: trials.length, quantileMs },
    traces: trials.reduce((sum, { traces }) => sum + traces, 0),
    latencyMs: {
      mean: mean.latencyMs,
      low: Math.min(...trials.map(({ lowMs }) => lowMs)),
      high: Math.max(...trials.map(({ highMs }) => highMs)),
    },
    parts: mean.parts,
    services: [...mean.services]
      .map(([service, time]) => ({ service, isStore: stores.has(service), time }))
      .sort((a, b) => totalMs(b.time) - totalMs(a.time) || a.service.localeCompare(b.service)),
  };
}

/** What a service had of the critical path. */
export function totalMs({ cpuMs, contentionMs, throttledMs, unknownWaitMs, connectionMs, restMs }: SpanTime): number {
  return cpuMs + contentionMs + throttledMs + unknownWaitMs + connectionMs + restMs;
}
