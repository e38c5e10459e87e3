import { HarnessError } from '../core/errors.ts';
import { parseRatePerSecond } from '../core/units.ts';
import type { Application } from '../application/application.ts';
import { mixWeights } from '../application/mix-weights.ts';
import type { ArrivalSchedule } from '../load/arrival-schedule.ts';
import { makeSchedule } from '../load/make-schedule.ts';
import type { PlannedLoad } from '../plan/plan.ts';
import type { LoadReading } from '../telemetry/load-reading.ts';
import type { Sample } from '../telemetry/sample.ts';

/** A kept application is asked in rounds, each with a schedule of its own, of at most so long and so many requests. */
const longestRoundMs = 3_600_000;
const mostInRound = 1_000_000;

/** What `--load` says: how arrivals follow each other, and how many. @throws HarnessError `usage` */
export function parseAppLoad(text: string): PlannedLoad {
  const [, process, rate] = /^\s*(poisson|even)\s+(.*)$/.exec(text) ?? [];
  const perSecond = rate === undefined ? null : parseRatePerSecond(rate);
  if ((process !== 'poisson' && process !== 'even') || perSecond === null || !(perSecond > 0 && perSecond <= 1e6)) {
    throw new HarnessError(
      'usage',
      `--load: found ${JSON.stringify(text)}, expected arrivals and a rate such as 'poisson 100/s' or 'even 20/s'.`,
    );
  }
  return { name: 'app', rate: { kind: 'constant', perSecond }, arrivals: { kind: process }, mix: null };
}

/** @param round from 0: each has other requests @returns `durationMs` is how long it takes, with or without requests */
export function roundSchedule(
  load: PlannedLoad,
  application: Application,
  round: number,
): { readonly schedule: ArrivalSchedule; readonly durationMs: number } {
  const perSecond = load.rate.kind === 'constant' ? load.rate.perSecond : 0;
  const weights = mixWeights(application, null) ?? [];
  const durationMs = Math.min(longestRoundMs, Math.floor((mostInRound / perSecond) * 1000));
  return { schedule: makeSchedule({ load, durationMs, seed: round, weights }), durationMs };
}

/** One line about the last interval, for a person. */
export function statusLine({ services, intervalMs }: Sample, load: LoadReading, atMs: number): string {
  const perSecond = (count: number): string => `${((1000 * count) / intervalMs).toFixed(1)}/s`;
  const replicas = (services ?? []).flatMap((service) => service.replicas);
  const cpuCores = replicas.reduce((total, { cpuSeconds }) => total + (cpuSeconds ?? 0), 0) / (intervalMs / 1000);
  return [
    `${Math.round(atMs / 1000)} s`,
    `offered ${perSecond(load.total.offered)}`,
    `completed ${perSecond(load.total.completed)}`,
    `failed ${load.total.failed + load.total.notSent}`,
    ...(load.total.p95Ms === null ? [] : [`p95 ${load.total.p95Ms.toFixed(1)} ms`]),
    `${cpuCores.toFixed(2)} cores`,
    `${replicas.filter(({ state }) => state === 'ready').length} replicas ready`,
  ].join('  ');
}
