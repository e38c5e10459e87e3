import { expect, test } from 'vitest';
import { isoTime, systemClock } from '../../../harness/core/clock.ts';

test('an aborted sleep rejects with the reason that was given, not with one of its own', async () => {
  const reason = new Error('the user pressed ctrl-C');
  const controller = new AbortController();
  const sleep = systemClock.sleep(1e6, controller.signal);
  controller.abort(reason);
  await expect(sleep).rejects.toBe(reason);
  await expect(systemClock.sleep(0, controller.signal)).rejects.toBe(reason);
});

test('a sleep never ends before its time by the monotonic clock, whatever fraction of a millisecond is asked for', async () => {
  const lengths = Array.from({ length: 100 }, (_, index) => 5 + ((index * 0.37) % 10));
  const early = await Promise.all(
    lengths.map(async (ms) => {
      const endMs = systemClock.nowMs() + ms;
      await systemClock.sleep(ms);
      return systemClock.nowMs() < endMs;
    }),
  );
  expect(early).not.toContain(true);
});

test('a sleep of less than nothing ends', async () => {
  await systemClock.sleep(-5);
});

test('a sleep longer than any timer does not end at once', async () => {
  const controller = new AbortController();
  const asleep = systemClock.sleep(1e12, controller.signal).then(() => 'over');
  await systemClock.sleep(20);
  controller.abort(new Error('long enough'));
  await expect(asleep).rejects.toThrow('long enough');
});

test('the monotonic clock never goes back and has a fraction', () => {
  const instants = Array.from({ length: 1000 }, () => systemClock.nowMs());
  expect(instants).toEqual([...instants].sort((a, b) => a - b));
  expect(instants.some((instant) => !Number.isInteger(instant))).toBe(true);
});

test('an instant is written in ISO 8601, in UTC, with milliseconds', () => {
  const at = Date.UTC(2026, 10, 24, 14, 5, 29, 7);
  expect(isoTime({ ...systemClock, wallMs: () => at })).toBe('2026-11-24T14:05:29.007Z');
});
