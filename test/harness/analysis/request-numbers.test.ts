import fc from 'fast-check';
import { expect, test } from 'vitest';
import { latencyExceededBy, numbersOf } from '../../../harness/analysis/request-numbers.ts';
import { arbitraryRequests, logOf } from '../../rig/arbitrary-requests.ts';

const answered = (...latenciesMs: readonly number[]) =>
  latenciesMs.map((latencyMs) => ({ dueMs: 100, doneMs: 100 + latencyMs }));
const all = (count: number): number[] => Array.from({ length: count }, (_, request) => request);

test('the latency that a share of the requests exceeded is that of the first of so many', () => {
  const numbers = numbersOf(logOf(answered(10, 20, 30, 40, 50)), all(5));
  expect([1, 0.8, 0.79, 0.4, 0.2, 0.19, 0].map((slower) => latencyExceededBy(numbers, slower))).toEqual([
    ...[10, 10, 20, 30, 40, 50, 50],
  ]);
});

test('a request without a successful answer is slower than any', () => {
  const log = logOf([
    ...answered(10, 20, 30),
    { dueMs: 100, doneMs: 101, outcome: 'error-status' },
    { dueMs: 100, sentMs: NaN, doneMs: NaN, outcome: 'not-sent-in-flight' },
  ]);
  const numbers = numbersOf(log, all(5));
  expect(numbers.byOutcome).toMatchObject({ ok: 3, 'error-status': 1, 'not-sent-in-flight': 1, 'timed-out': 0 });
  expect([0.8, 0.4, 0.39].map((slower) => latencyExceededBy(numbers, slower))).toEqual([10, 30, Infinity]);
});

test('of no requests there is no latency', () => {
  expect(latencyExceededBy(numbersOf(logOf([]), []), 0.5)).toBeNull();
});

test('no more than the share is slower, and one more would be if the latency were any smaller', () => {
  fc.assert(
    fc.property(arbitraryRequests, fc.double({ min: 0, max: 1, noNaN: true }), (log, slower) => {
      const requests = all(log.dueMs.length);
      const latencyMs = latencyExceededBy(numbersOf(log, requests), slower);
      if (latencyMs === null) {
        expect(requests).toEqual([]);
        return;
      }
      const latencies = requests.map((request) =>
        log.outcome[request] === 0 ? (log.doneMs[request] ?? NaN) - (log.dueMs[request] ?? NaN) : Infinity,
      );
      const most = slower * requests.length * (1 + 1e-12);
      expect(latencies.filter((one) => one > latencyMs).length).toBeLessThanOrEqual(most);
      if (slower < 1)
        expect(latencies.filter((one) => one >= latencyMs).length).toBeGreaterThan(
          slower * requests.length * (1 - 1e-12) - 1e-9,
        );
    }),
  );
});
