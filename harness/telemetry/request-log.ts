/**
 * What became of a request. `not-sent-in-flight`: too many were in flight, because the application did not answer: a violation like a
 * time-out. `not-sent-generator`: the generator could not send it, for reasons of its own.
 */
export const requestOutcomes = [
  'ok',
  'error-status',
  'timed-out',
  'connection-failed',
  'not-sent-in-flight',
  'not-sent-generator',
  'unfinished',
] as const;
export type RequestOutcome = (typeof requestOutcomes)[number];

/** Every request of a trial, in the order of the schedule. Columns of one length; milliseconds from the start of the trial. */
export interface RequestLog {
  readonly dueMs: Float64Array;
  readonly endpoint: Uint8Array;
  readonly payloadSeed: Uint32Array;
  /** NaN if it was not sent. */
  readonly sentMs: Float64Array;
  /** When the last byte of the answer had come, or the request had failed; NaN if neither happened. */
  readonly doneMs: Float64Array;
  /** Index into `requestOutcomes`. */
  readonly outcome: Uint8Array;
  /** Of HTTP; 0 without an answer. */
  readonly status: Uint16Array;
  /** Of the body of the answer; 0 without one. */
  readonly bytes: Uint32Array;
}
