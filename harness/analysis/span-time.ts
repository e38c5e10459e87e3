import type { Span } from '../telemetry/span.ts';

/** What a span did with the time that the critical path spent in it alone. Milliseconds. */
export interface SpanTime {
  /** Its thread ran. */
  readonly cpuMs: number;
  /** Its thread waited for a CPU that others had, */
  readonly contentionMs: number;
  /** or for the next period of its CPU limit, */
  readonly throttledMs: number;
  /** or for one of the two, and nothing tells for which. */
  readonly unknownWaitMs: number;
  /** It waited for a free connection to a service that it calls. */
  readonly connectionMs: number;
  /** Nothing that was recorded says what for: the way of a message, and the wait for a CPU of the thread that it woke. */
  readonly restMs: number;
}

/**
 * Splits the self time of a span by its CPU, wait and connection time, which were counted over all of it. Where these are more than the
 * self time, because it went on working while a call was under way, they are scaled down to it; where they are less, the rest is told.
 * @param throttledShare of its wait, 0 to 1; null if nothing tells
 */
export function spanTime(selfMs: number, span: Span, throttledShare: number | null): SpanTime {
  const known = span.cpuMs + (span.waitMs ?? 0) + span.connectionMs;
  const scale = known > selfMs ? selfMs / known : 1;
  const waitMs = scale * (span.waitMs ?? 0);
  return {
    cpuMs: scale * span.cpuMs,
    contentionMs: throttledShare === null ? 0 : waitMs * (1 - throttledShare),
    throttledMs: throttledShare === null ? 0 : waitMs * throttledShare,
    unknownWaitMs: throttledShare === null ? waitMs : 0,
    connectionMs: scale * span.connectionMs,
    restMs: Math.max(0, selfMs - known),
  };
}
