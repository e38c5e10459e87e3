/** What all threads of the generator look at. */
export interface SharedControl {
  /** State, requests in flight, and from `firstWake` on for each sender whether it has been woken and did not look yet. */
  readonly words: Int32Array;
  /** One number: the origin of the schedule on `monotonicMs`. Set before the state says that the schedule runs. */
  readonly origin: Float64Array;
  /**
   * One number: when there was room in flight again for the last time, from the origin. What fell due until then, and was not looked at,
   * found none, whichever sender it belongs to.
   */
  readonly fullUntilMs: Float64Array;
}

export const stateWord = 0;
export const inFlightWord = 1;
export const firstWakeWord = 2;

export const waiting = 0;
export const running = 1;
export const stopped = 2;

export function sharedControl(senders: number): SharedControl {
  return {
    words: new Int32Array(new SharedArrayBuffer(4 * (firstWakeWord + senders))),
    origin: new Float64Array(new SharedArrayBuffer(8)),
    fullUntilMs: new Float64Array(new SharedArrayBuffer(8)).fill(-Infinity),
  };
}
