import type { Plan } from '../plan/plan.ts';
import { sortSample, type SortedSample } from '../statistics/quantile.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../telemetry/request-log.ts';

/** Requests of one trial that were due in its measured part, of one endpoint or of all. */
export interface MeasuredRequests {
  readonly offered: number;
  readonly byOutcome: Readonly<Record<RequestOutcome, number>>;
  /** From the due instant to the last byte, of those answered with success, ascending. */
  readonly latenciesMs: SortedSample;
}

/** @param endpoint index into the endpoints of the application; null for all */
export function measuredRequests(
  { warmupMs, trialMs }: Pick<Plan, 'warmupMs' | 'trialMs'>,
  log: RequestLog,
  endpoint: number | null = null,
): MeasuredRequests {
  const counts = requestOutcomes.map(() => 0);
  const latencies: number[] = [];
  let offered = 0;
  log.dueMs.forEach((dueMs, request) => {
    if (dueMs < warmupMs || dueMs >= trialMs) return;
    if (endpoint !== null && log.endpoint[request] !== endpoint) return;
    offered += 1;
    const outcome = log.outcome[request] ?? -1;
    counts[outcome] = (counts[outcome] ?? 0) + 1;
    if (requestOutcomes[outcome] === 'ok') latencies.push((log.doneMs[request] ?? NaN) - dueMs);
  });
  const entries = requestOutcomes.map((outcome, index) => [outcome, counts[index] ?? 0]);
  return {
    offered,
    // One entry for each outcome there is.
    byOutcome: Object.fromEntries(entries) as Record<RequestOutcome, number>,
    latenciesMs: sortSample(latencies),
  };
}

/**
 * The latency that a share `slower` of the requests offered exceeded: the smallest latency of an answer that at most so many passed. One
 * that was not answered with success is slower than any. Infinity if more than that share was not; null if nothing was offered.
 */
export function latencyExceededBy({ offered, latenciesMs }: MeasuredRequests, slower: number): number | null {
  if (offered === 0) return null;
  // A product that misses a whole number by rounding alone is taken as that number.
  const mostSlower = Math.floor(offered * slower * (1 + 2 * Number.EPSILON));
  return latenciesMs[Math.max(0, offered - mostSlower - 1)] ?? Infinity;
}
