import type { Plan } from '../plan/plan.ts';
import { quantile, sortSample } from '../statistics/quantile.ts';
import type { RequestLog } from '../telemetry/request-log.ts';
import { latencyMs, type Objective } from './measure-load.ts';

/** When the objective was missed, and how badly. */
export interface Violations {
  readonly seconds: number;
  /** The longest run of it. */
  readonly longestSeconds: number;
  /** Integral over time of (p99 - objective)+ / objective, in seconds. */
  readonly areaSeconds: number;
}

/** The p99 of latency over the measured part, by bin of one sample interval. */
export interface LatencyBins {
  /** Start of the first bin: the end of the warm-up. */
  readonly fromMs: number;
  readonly binMs: number;
  /** A request that was not answered with success took the whole time-out. null where nothing was due. */
  readonly p99Ms: readonly (number | null)[];
}

/** A bin holds the requests that were due in it, whenever they were answered. With few of them its p99 is near the slowest. */
export function latencyBins(
  { warmupMs, trialMs, sampleMs }: Pick<Plan, 'warmupMs' | 'trialMs' | 'sampleMs'>,
  log: RequestLog,
  timeoutMs: number,
): LatencyBins {
  const bins = Array.from({ length: Math.ceil((trialMs - warmupMs) / sampleMs) }, (): number[] => []);
  log.dueMs.forEach((dueMs, index) => {
    if (dueMs < warmupMs || dueMs >= trialMs) return;
    bins[Math.floor((dueMs - warmupMs) / sampleMs)]?.push(latencyMs(log, index) ?? timeoutMs);
  });
  const p99Ms = bins.map((latencies) => quantile(sortSample(latencies), 0.99));
  return { fromMs: warmupMs, binMs: sampleMs, p99Ms };
}

/** Over all bins (policies.md 11.5). Where nothing was due, nothing was missed; null if nothing was due at all. */
export function measureViolations(
  { binMs, p99Ms }: LatencyBins,
  { sloMs }: Pick<Objective, 'sloMs'>,
): Violations | null {
  if (p99Ms.every((p99) => p99 === null)) return null;
  let [violated, run, longest, area] = [0, 0, 0, 0];
  for (const p99 of p99Ms) {
    const excessMs = (p99 ?? 0) - sloMs;
    run = excessMs > 0 ? run + 1 : 0;
    violated += excessMs > 0 ? 1 : 0;
    longest = Math.max(longest, run);
    area += Math.max(0, excessMs) / sloMs;
  }
  const binSeconds = binMs / 1000;
  return { seconds: violated * binSeconds, longestSeconds: longest * binSeconds, areaSeconds: area * binSeconds };
}
