import type { Plan } from '../plan/plan.ts';
import { quantile, sortSample } from '../statistics/quantile.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { RequestLog } from '../telemetry/request-log.ts';
import type { Span } from '../telemetry/span.ts';
import { countedLatencies, latencyMs, measuredRequests } from './measure-load.ts';
import { meanTime, requestTime, type RequestTime, type Trace } from './request-time.ts';
import { throttledShareOf } from './throttled-share.ts';

/** The requests of a trial whose latency is next to a quantile of all of its requests. */
export interface TrialBreakdown {
  /** Of all requests that were due in the measured part, those without spans too. */
  readonly quantileMs: number;
  /** Requests with spans that were averaged, and their latencies. */
  readonly traces: number;
  readonly lowMs: number;
  readonly highMs: number;
  readonly mean: RequestTime;
}

/** Share of the requests with spans that are taken for those at a quantile; and never fewer than these. */
const share = 0.02;
const fewest = 3;

/**
 * Where the time of the requests at some quantiles went.
 * @param ps 0 to 1
 * @returns for each quantile `unanswered` if the request at it was not answered with success, so that its time is the time-out whatever
 *   it waited for; null if nothing was asked, or no request has usable spans
 */
export function breakDown(
  plan: Plan,
  { requests, spans, samples }: RecordedTrial,
  ps: readonly number[],
): readonly (TrialBreakdown | 'unanswered' | null)[] {
  if (requests === null || plan.application === null) return ps.map(() => null);
  const measured = measuredRequests(plan, requests);
  const countedMs = sortSample(countedLatencies(requests, measured, plan.application.driver.timeoutMs));
  const slowestAnswerMs = measured.reduce((most, request) => Math.max(most, latencyMs(requests, request) ?? 0), 0);
  const traced = tracedRequests(requests, new Set(measured), spans);
  const stores = storesOf(plan);
  const throttledShare = throttledShareOf(samples);
  return ps.map((p) => {
    const quantileMs = quantile(countedMs, p);
    if (quantileMs === null) return null;
    if (quantileMs > slowestAnswerMs) return 'unanswered';
    const times = nearest(traced, quantileMs).flatMap(
      (trace) => requestTime(requests, trace, stores, throttledShare) ?? [],
    );
    if (times.length === 0) return null;
    const latencies = times.map(({ latencyMs }) => latencyMs);
    return {
      ...{ quantileMs, traces: times.length, mean: meanTime(times) },
      ...{ lowMs: Math.min(...latencies), highMs: Math.max(...latencies) },
    };
  });
}

function nearest(traced: readonly Trace[], latencyMs: number): readonly Trace[] {
  const count = Math.max(fewest, Math.ceil(share * traced.length));
  const distance = (trace: Trace): number => Math.abs(trace.latencyMs - latencyMs);
  return [...traced].sort((a, b) => distance(a) - distance(b) || a.request - b.request).slice(0, count);
}

/** Requests with spans that were due in the measured part and answered with success. */
function tracedRequests(log: RequestLog, measured: ReadonlySet<number>, spans: readonly Span[]): readonly Trace[] {
  const byRequest = new Map<number, Span[]>();
  for (const span of spans) {
    const own = byRequest.get(span.request);
    if (own === undefined) byRequest.set(span.request, [span]);
    else own.push(span);
  }
  return [...byRequest].flatMap(([request, own]) => {
    const latency = measured.has(request) ? latencyMs(log, request) : null;
    return latency === null ? [] : [{ request, latencyMs: latency, spans: own }];
  });
}

const storesOf = ({ application }: Plan): ReadonlySet<string> =>
  new Set(application?.model.services.filter(({ role }) => role === 'store').map(({ name }) => name));
