import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { ArmBreakdown } from './application-figure-data.ts';
import { meanTime } from './request-time.ts';
import type { SpanTime } from './span-time.ts';
import { spreadOf } from './spread.ts';
import { breakDown } from './time-breakdown.ts';

const quantiles = { p50: 0.5, p99: 0.99 } as const;

/** Where the time of the median and of the p99 request of an arm went: the mean over its trials, each with the same weight. */
export function armBreakdowns(plan: Plan, arm: string, trials: readonly RecordedTrial[]): readonly ArmBreakdown[] {
  const ofTrials = trials.map((trial) => breakDown(plan, trial, Object.values(quantiles)));
  const stores = new Set(
    plan.application?.model.services.flatMap(({ role, name }) => (role === 'store' ? [name] : [])),
  );
  return (['p50', 'p99'] as const).flatMap((quantile, index) => {
    const known = ofTrials.flatMap((trial) => trial[index] ?? []);
    const quantileMs = spreadOf(known.map((trial) => trial.quantileMs));
    if (quantileMs === null) return [];
    const mean = meanTime(known.map((trial) => trial.mean));
    return [
      {
        ...{ arm, quantile, trials: known.length, quantileMs },
        traces: known.reduce((sum, { traces }) => sum + traces, 0),
        latencyMs: {
          mean: mean.latencyMs,
          low: Math.min(...known.map(({ lowMs }) => lowMs)),
          high: Math.max(...known.map(({ highMs }) => highMs)),
        },
        parts: mean.parts,
        services: [...mean.services]
          .map(([service, time]) => ({ service, isStore: stores.has(service), time }))
          .sort((a, b) => totalMs(b.time) - totalMs(a.time) || a.service.localeCompare(b.service)),
      },
    ];
  });
}

/** What a service had of the critical path. */
export function totalMs({ cpuMs, contentionMs, throttledMs, unknownWaitMs, connectionMs, restMs }: SpanTime): number {
  return cpuMs + contentionMs + throttledMs + unknownWaitMs + connectionMs + restMs;
}
