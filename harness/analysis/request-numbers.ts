import { sortSample, type SortedSample } from '../statistics/quantile.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../telemetry/request-log.ts';
import { latencyMs, outcomeOf } from './measure-load.ts';

/** What became of some requests of one trial. */
export interface RequestNumbers {
  readonly offered: number;
  readonly byOutcome: Readonly<Record<RequestOutcome, number>>;
  /** From the due instant to the last byte, of those answered with success, ascending. */
  readonly latenciesMs: SortedSample;
}

/** @param requests indices into the log */
export function numbersOf(log: RequestLog, requests: readonly number[]): RequestNumbers {
  const counts = new Map(requestOutcomes.map((outcome) => [outcome, 0]));
  for (const request of requests) {
    const outcome = outcomeOf(log, request);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return {
    offered: requests.length,
    // One entry for each outcome there is.
    byOutcome: Object.fromEntries(counts) as Record<RequestOutcome, number>,
    latenciesMs: sortSample(requests.flatMap((request) => latencyMs(log, request) ?? [])),
  };
}

/**
 * The latency that a share `slower` of the requests offered exceeded: the smallest latency of an answer that at most so many passed. One
 * that was not answered with success is slower than any. Infinity if more than that share was not; null if nothing was offered.
 */
export function latencyExceededBy({ offered, latenciesMs }: RequestNumbers, slower: number): number | null {
  if (offered === 0) return null;
  // A product that misses a whole number by rounding alone is taken as that number.
  const mostSlower = Math.floor(offered * slower * (1 + 2 * Number.EPSILON));
  return latenciesMs[Math.max(0, offered - mostSlower - 1)] ?? Infinity;
}
