import { setTimeout as delay } from 'node:timers/promises';

/** Time, passed in so that tests and the simulator can own it. */
export interface Clock {
  /** Monotonic milliseconds with a fractional part, from an arbitrary origin. For differences. */
  nowMs(): number;
  /** Wall-clock milliseconds since the Unix epoch. For people, and for joining with other hosts. */
  wallMs(): number;
  /** Resolves `ms` later; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  // eslint-disable-next-line no-restricted-properties -- this file is where the wall clock is read
  wallMs: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(Math.max(0, ms), undefined, signal ? { signal } : {});
    } catch (error) {
      // Node wraps the reason in an AbortError of its own; the reason is what the caller knows.
      signal?.throwIfAborted();
      throw error;
    }
  },
};

/** ISO 8601 in UTC with milliseconds, as all files and events write an instant. */
export function isoTime(clock: Clock): string {
  return new Date(clock.wallMs()).toISOString();
}
