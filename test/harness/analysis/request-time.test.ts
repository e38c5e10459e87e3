import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meanTime, requestTime, timeParts, type RequestTime } from '../../../harness/analysis/request-time.ts';
import type { RequestLog } from '../../../harness/telemetry/request-log.ts';
import type { Span } from '../../../harness/telemetry/span.ts';
import { arbitrarySpans, spanOf } from '../../rig/arbitrary-spans.ts';

/** A log of one request, answered with success. */
const logOf = (dueMs: number, sentMs: number, doneMs: number): RequestLog => ({
  dueMs: Float64Array.of(dueMs),
  endpoint: Uint8Array.of(0),
  payloadSeed: Uint32Array.of(1),
  sentMs: Float64Array.of(sentMs),
  doneMs: Float64Array.of(doneMs),
  outcome: Uint8Array.of(0),
  status: Uint16Array.of(200),
  bytes: Uint32Array.of(0),
});

const stores = new Set(['posts-store']);
const half = (): number => 0.5;

function timeOf(
  [dueMs, sentMs, doneMs]: readonly [number, number, number],
  spans: readonly Span[],
  throttled: () => number | null = half,
): RequestTime {
  const trace = { request: 0, latencyMs: doneMs - dueMs, spans };
  return requestTime(logOf(dueMs, sentMs, doneMs), trace, stores, throttled) ?? expect.fail('no path');
}

test('a latency is lateness, the way to the front and back, and what the spans on the path did', () => {
  const { latencyMs, parts } = timeOf(
    [0, 1, 30],
    [
      spanOf(1, 0, 'front', [3, 28], { cpuMs: 2, waitMs: 4, connectionMs: 1 }),
      spanOf(2, 1, 'posts-store', [8, 20], { cpuMs: 9 }),
    ],
  );
  expect(latencyMs).toBe(30);
  // 13 ms of the front: 2 + 4 + 1 known, 6 not.
  expect(parts).toEqual({
    ...{ lateness: 1, network: 4, cpu: 2, contention: 2, throttled: 2, unknownWait: 0, connection: 1 },
    ...{ stores: 12, rest: 6 },
  });
});

test('a wait of which nothing tells the cause is neither contention nor throttling', () => {
  const { parts } = timeOf([0, 0, 10], [spanOf(1, 0, 'front', [0, 10], { cpuMs: 2, waitMs: 8 })], () => null);
  expect(parts).toMatchObject({ contention: 0, throttled: 0, unknownWait: 8, rest: 0 });
});

test('a wait that the kernel did not count is part of the rest', () => {
  const { parts } = timeOf([0, 0, 10], [spanOf(1, 0, 'front', [0, 10], { cpuMs: 2, waitMs: null })]);
  expect(parts).toMatchObject({ cpu: 2, contention: 0, throttled: 0, rest: 8 });
});

test('of a wait that was counted while a call was under way only what there is room for is of the caller', () => {
  const spans = [spanOf(1, 0, 'front', [0, 10], { cpuMs: 3, waitMs: 5 }), spanOf(2, 1, 'text', [1, 7], { cpuMs: 6 })];
  expect(timeOf([0, 0, 10], spans).parts).toMatchObject({ cpu: 9, contention: 0.5, throttled: 0.5, rest: 0 });
});

test('the services say where on the path the time went, stores included', () => {
  const { services } = timeOf(
    [0, 0, 30],
    [
      spanOf(1, 0, 'front', [0, 30], { cpuMs: 2 }),
      spanOf(2, 1, 'posts-store', [5, 10], { cpuMs: 5 }),
      spanOf(3, 1, 'posts-store', [12, 20], { cpuMs: 1, waitMs: 6 }),
    ],
  );
  expect([...services].map(([name, { cpuMs, contentionMs, restMs }]) => [name, cpuMs, contentionMs, restMs])).toEqual([
    ['front', 2, 0, 15],
    ['posts-store', 6, 3, 1],
  ]);
});

test('spans without a front tell nothing', () => {
  const trace = { request: 0, latencyMs: 1, spans: [spanOf(2, 1, 'text', [0, 1])] };
  expect(requestTime(logOf(0, 0, 1), trace, stores, half)).toBeNull();
});

const adds = (time: RequestTime): void => {
  expect(timeParts.every((part) => time.parts[part] >= 0)).toBe(true);
  expect(timeParts.reduce((sum, part) => sum + time.parts[part], 0)).toBeCloseTo(time.latencyMs, 9);
};
const instants = fc
  .array(fc.double({ min: 90, max: 190, noNaN: true }), { minLength: 3, maxLength: 3 })
  .map((all) => all.sort((a, b) => a - b) as [number, number, number]);
const shares = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));

test('the parts of any request add up to its latency, whatever its clocks say', () => {
  fc.assert(
    fc.property(instants, arbitrarySpans, shares, (times, spans, throttled) => {
      adds(timeOf(times, spans, () => throttled));
    }),
  );
});

test('so do the means of several', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(instants, arbitrarySpans), { minLength: 1, maxLength: 5 }), (requests) => {
      const times = requests.map(([times, spans]) => timeOf(times, spans));
      const mean = meanTime(times);
      adds(mean);
      expect(mean.latencyMs).toBeCloseTo(times.reduce((sum, { latencyMs }) => sum + latencyMs, 0) / times.length, 9);
    }),
  );
});
