import { setTimeout as delay } from 'node:timers/promises';

/** Time, passed in so that tests and the simulator can own it. */
export interface Clock {
  /** Monotonic milliseconds with a fractional part, from an arbitrary origin. For differences. */
  nowMs(): number;
  /** Wall-clock milliseconds since the Unix epoch. For people, and for joining with other hosts. */
  wallMs(): number;
  /** Resolves `ms` later or a little after that, never before; rejects with the signal's reason when aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

const longestTimerMs = 2_147_483_647;

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  // eslint-disable-next-line no-restricted-properties -- this file is where the wall clock is read
  wallMs: () => Date.now(),
  async sleep(ms, signal) {
    const endMs = performance.now() + ms;
    try {
      // A timer takes whole milliseconds, 25 days of them at most, and may fire up to one too early.
      do {
        const leftMs = Math.ceil(Math.max(0, endMs - performance.now()));
        await delay(Math.min(leftMs, longestTimerMs), undefined, signal ? { signal } : {});
      } while (performance.now() < endMs);
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
