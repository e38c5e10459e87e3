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
 * Splits the self time of a span by its CPU, connection and wait time, which were counted over all of it. A thread works and looks for
 * connections between its calls only, so all of that is in the self time; a wait for a CPU may be from a call that was under way, as when
 * the thread that it woke took the CPU, so it has what is left. The rest is told.
 * @param throttledShare of its wait, 0 to 1; null if nothing tells
 */
export function spanTime(selfMs: number, span: Span, throttledShare: number | null): SpanTime {
  const cpuMs = Math.min(span.cpuMs, selfMs);
  const connectionMs = Math.min(span.connectionMs, selfMs - cpuMs);
  const waitMs = Math.min(span.waitMs ?? 0, selfMs - cpuMs - connectionMs);
  return {
    cpuMs,
    contentionMs: throttledShare === null ? 0 : waitMs * (1 - throttledShare),
    throttledMs: throttledShare === null ? 0 : waitMs * throttledShare,
    unknownWaitMs: throttledShare === null ? waitMs : 0,
    connectionMs,
    restMs: selfMs - cpuMs - connectionMs - waitMs,
  };
}
