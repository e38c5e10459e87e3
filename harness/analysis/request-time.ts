import type { RequestLog } from '../telemetry/request-log.ts';
import type { Span } from '../telemetry/span.ts';
import { criticalPath } from './critical-path.ts';
import { spanTime, type SpanTime } from './span-time.ts';
import type { ThrottledShare } from './throttled-share.ts';

/** What the latency of a request is made of, in the order in which it is drawn. */
export const timeParts = [
  'lateness',
  'network',
  'cpu',
  'contention',
  'throttled',
  'unknownWait',
  'connection',
  'stores',
  'rest',
] as const;
export type TimePart = (typeof timeParts)[number];

/** The latency of one request, or the mean of several, in milliseconds. The parts add up to it. */
export interface RequestTime {
  readonly latencyMs: number;
  readonly parts: Readonly<Record<TimePart, number>>;
  /** By service, stores included: the part of the critical path that was its own. */
  readonly services: ReadonlyMap<string, SpanTime>;
}

/** A request that left spans and was answered with success. */
export interface Trace {
  readonly request: number;
  readonly latencyMs: number;
  readonly spans: readonly Span[];
}

/**
 * Where the time of one request went. Its instants are brought into order, due, sent, start and end of the front's span, done, so that
 * the grain of their clocks makes no part negative. Null if its spans have no single front.
 */
export function requestTime(
  log: RequestLog,
  { request, latencyMs, spans }: Trace,
  stores: ReadonlySet<string>,
  throttledShare: ThrottledShare,
): RequestTime | null {
  const front = spans.find(({ parent }) => parent === 0);
  const dueMs = log.dueMs[request] ?? NaN;
  if (front === undefined) return null;
  const doneMs = dueMs + latencyMs;
  const sentMs = between(log.sentMs[request] ?? NaN, dueMs, doneMs);
  const startMs = between(front.startMs, sentMs, doneMs);
  const endMs = between(front.endMs, startMs, doneMs);
  const path = criticalPath(spans.map((span) => (span === front ? { ...span, startMs, endMs } : span)));
  if (path === null) return null;
  const parts = { ...partsOf(() => 0), lateness: sentMs - dueMs, network: startMs - sentMs + (doneMs - endMs) };
  const services = new Map<string, SpanTime>();
  for (const { span, selfMs } of path) {
    const time = spanTime(selfMs, span, throttledShare(span.replica, span.startMs, span.endMs));
    services.set(span.service, addSpanTime(services.get(span.service), time));
    if (stores.has(span.service)) {
      parts.stores += selfMs;
      continue;
    }
    parts.cpu += time.cpuMs;
    parts.contention += time.contentionMs;
    parts.throttled += time.throttledMs;
    parts.unknownWait += time.unknownWaitMs;
    parts.connection += time.connectionMs;
    parts.rest += time.restMs;
  }
  return { latencyMs, parts, services };
}

/** One entry for each part there is. */
const partsOf = (value: (part: TimePart) => number): Record<TimePart, number> =>
  Object.fromEntries(timeParts.map((part) => [part, value(part)])) as Record<TimePart, number>;

const between = (atMs: number, lowMs: number, highMs: number): number => Math.min(Math.max(atMs, lowMs), highMs);

/** The mean of each part: means add up as the parts do. */
export function meanTime(times: readonly RequestTime[]): RequestTime {
  const mean = (of: (time: RequestTime) => number): number =>
    times.reduce((sum, time) => sum + of(time), 0) / times.length;
  const names = [...new Set(times.flatMap(({ services }) => [...services.keys()]))];
  return {
    latencyMs: mean(({ latencyMs }) => latencyMs),
    parts: partsOf((part) => mean(({ parts }) => parts[part])),
    services: new Map(
      names.map((name) => {
        const one = (part: keyof SpanTime): number => mean(({ services }) => services.get(name)?.[part] ?? 0);
        return [name, spanTimeOf(one)];
      }),
    ),
  };
}

const spanTimeOf = (part: (name: keyof SpanTime) => number): SpanTime => ({
  cpuMs: part('cpuMs'),
  contentionMs: part('contentionMs'),
  throttledMs: part('throttledMs'),
  unknownWaitMs: part('unknownWaitMs'),
  connectionMs: part('connectionMs'),
  restMs: part('restMs'),
});

function addSpanTime(before: SpanTime | undefined, more: SpanTime): SpanTime {
  return before === undefined ? more : spanTimeOf((part) => before[part] + more[part]);
}
