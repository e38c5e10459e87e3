import fc from 'fast-check';
import { requestOutcomes, type RequestLog } from '../../harness/telemetry/request-log.ts';

/** A request as a row. `sentMs` and `doneMs` are NaN where they did not happen. */
export interface Request {
  readonly dueMs: number;
  readonly endpoint?: number;
  readonly payloadSeed?: number;
  readonly sentMs?: number;
  readonly doneMs?: number;
  readonly outcome?: (typeof requestOutcomes)[number];
  readonly status?: number;
  readonly bytes?: number;
}

/** A log of requests. Those that say no more were sent when they were due and answered at once. */
export function logOf(requests: readonly Request[]): RequestLog {
  return {
    dueMs: Float64Array.from(requests, ({ dueMs }) => dueMs),
    endpoint: Uint8Array.from(requests, ({ endpoint }) => endpoint ?? 0),
    payloadSeed: Uint32Array.from(requests, ({ payloadSeed }, index) => payloadSeed ?? index),
    sentMs: Float64Array.from(requests, ({ dueMs, sentMs }) => sentMs ?? dueMs),
    doneMs: Float64Array.from(requests, ({ dueMs, doneMs }) => doneMs ?? dueMs),
    outcome: Uint8Array.from(requests, ({ outcome }) => requestOutcomes.indexOf(outcome ?? 'ok')),
    status: Uint16Array.from(requests, ({ status }) => status ?? 200),
    bytes: Uint32Array.from(requests, ({ bytes }) => bytes ?? 0),
  };
}

const instant = fc.double({ min: 0, max: 1e7, noNaN: true });
const maybe = fc.oneof(instant, fc.constant(NaN));

/** Any log, whether it makes sense or not. */
export const arbitraryRequests: fc.Arbitrary<RequestLog> = fc
  .array(
    fc.record({
      dueMs: instant,
      endpoint: fc.nat(255),
      payloadSeed: fc.nat(2 ** 32 - 1),
      sentMs: maybe,
      doneMs: maybe,
      outcome: fc.constantFrom(...requestOutcomes),
      status: fc.nat(65_535),
      bytes: fc.nat(2 ** 32 - 1),
    }),
    { maxLength: 20 },
  )
  // Nobody answers with success and never.
  .map((requests) =>
    requests.map((one) => (one.outcome === 'ok' && Number.isNaN(one.doneMs) ? { ...one, doneMs: 1 } : one)),
  )
  .map(logOf);
