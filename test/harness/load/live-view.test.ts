import fc from 'fast-check';
import { expect, test } from 'vitest';
import { LiveView } from '../../../harness/load/live-view.ts';
import type { LoadReading } from '../../../harness/telemetry/load-reading.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../../../harness/telemetry/request-log.ts';

const unfinished = requestOutcomes.indexOf('unfinished');

/** A log in which nothing has happened yet. */
function emptyLog(dueMs: readonly number[], endpoints: readonly number[] = dueMs.map(() => 0)): RequestLog {
  const { length } = dueMs;
  return {
    dueMs: Float64Array.from(dueMs),
    endpoint: Uint8Array.from(endpoints),
    payloadSeed: new Uint32Array(length),
    sentMs: new Float64Array(length).fill(NaN),
    doneMs: new Float64Array(length).fill(NaN),
    outcome: new Uint8Array(length).fill(unfinished),
    status: new Uint16Array(length),
    bytes: new Uint32Array(length),
  };
}

function settle(log: RequestLog, request: number, outcome: RequestOutcome, doneMs = NaN): void {
  log.doneMs[request] = doneMs;
  log.outcome[request] = requestOutcomes.indexOf(outcome);
}

const total = (
  readings: readonly LoadReading[],
  key: 'offered' | 'sent' | 'completed' | 'failed' | 'notSent',
): number => readings.flatMap(({ endpoints }) => endpoints).reduce((sum, reading) => sum + reading[key], 0);

test('each endpoint has its own counts, and latencies count from the due instant', () => {
  const log = emptyLog([10, 20, 30, 40, 50], [0, 1, 0, 0, 1]);
  const view = new LiveView(log, ['read', 'write']);
  for (const [request, sentMs] of [11, 22, 30, 41].entries()) log.sentMs[request] = sentMs;
  settle(log, 0, 'ok', 25);
  settle(log, 1, 'error-status', 30);
  settle(log, 2, 'ok', 35);

  expect(view.take(45, 0.25)).toEqual({
    endpoints: [
      {
        endpoint: 'read',
        offered: 3,
        sent: 3,
        completed: 2,
        failed: 0,
        notSent: 0,
        p50Ms: 10,
        p95Ms: expect.closeTo(14.5, 9) as number,
        p99Ms: expect.closeTo(14.9, 9) as number,
      },
      {
        endpoint: 'write',
        offered: 1,
        sent: 1,
        completed: 0,
        failed: 1,
        notSent: 0,
        p50Ms: null,
        p95Ms: null,
        p99Ms: null,
      },
    ],
    total: {
      ...{ offered: 4, sent: 4, completed: 2, failed: 1, notSent: 0 },
      ...{ p50Ms: 10, p95Ms: expect.closeTo(14.5, 9) as number, p99Ms: expect.closeTo(14.9, 9) as number },
    },
    generatorCpuSeconds: 0.25,
    latenessP99Ms: expect.closeTo(1.97, 9) as number,
    inFlight: 1,
  });
});

test('what is answered after its sample counts in the sample in which it is', () => {
  const log = emptyLog([10, 1500]);
  const view = new LiveView(log, ['read']);
  log.sentMs[0] = 10;
  expect(view.take(1000, null)).toMatchObject({ endpoints: [{ offered: 1, sent: 1, completed: 0 }], inFlight: 1 });

  settle(log, 0, 'ok', 1200);
  settle(log, 1, 'not-sent-in-flight');
  expect(view.take(2000, null)).toEqual({
    endpoints: [
      {
        endpoint: 'read',
        offered: 1,
        sent: 0,
        completed: 1,
        failed: 0,
        notSent: 1,
        p50Ms: 1190,
        p95Ms: 1190,
        p99Ms: 1190,
      },
    ],
    total: {
      ...{ offered: 1, sent: 0, completed: 1, failed: 0, notSent: 1 },
      ...{ p50Ms: 1190, p95Ms: 1190, p99Ms: 1190 },
    },
    generatorCpuSeconds: null,
    latenessP99Ms: null,
    inFlight: 0,
  });
  expect(view.take(3000, null)).toMatchObject({ endpoints: [{ offered: 0, completed: 0, notSent: 0 }] });
});

test('quantiles of the whole application are those of all latencies together, not of the quantiles', () => {
  const log = emptyLog([0, 0, 0, 0, 0], [0, 0, 0, 0, 1]);
  const view = new LiveView(log, ['read', 'write', 'never']);
  for (const [request, doneMs] of [10, 20, 30, 40, 1000].entries()) {
    log.sentMs[request] = 1;
    settle(log, request, 'ok', doneMs);
  }
  const { total, endpoints } = view.take(2000, null);
  expect(endpoints.map(({ p50Ms }) => p50Ms)).toEqual([25, 1000, null]);
  expect(total).toEqual({
    ...{ offered: 5, sent: 5, completed: 5, failed: 0, notSent: 0 },
    ...{ p50Ms: 30, p95Ms: expect.closeTo(808, 9) as number, p99Ms: expect.closeTo(961.6, 9) as number },
  });
});

test('however a trial is cut into samples, every request is counted once', () => {
  const request = fc.record({
    gapMs: fc.integer({ min: 0, max: 50 }),
    latenessMs: fc.integer({ min: 0, max: 30 }),
    latencyMs: fc.integer({ min: 0, max: 200 }),
    outcome: fc.constantFrom(...requestOutcomes),
  });
  fc.assert(
    fc.property(fc.array(request), fc.array(fc.integer({ min: 1, max: 300 })), (requests, sampleLengths) => {
      let due = 0;
      const log = emptyLog(requests.map(({ gapMs }) => (due += gapMs)));
      const isSent = (outcome: RequestOutcome): boolean => !outcome.startsWith('not-sent');
      const view = new LiveView(log, ['all']);
      let now = 0;
      const readings = [...sampleLengths, 100_000].map((lengthMs) => {
        now += lengthMs;
        for (const [index, { latenessMs, latencyMs, outcome }] of requests.entries()) {
          const sentMs = (log.dueMs[index] ?? 0) + latenessMs;
          if (sentMs <= now && isSent(outcome)) log.sentMs[index] = sentMs;
          if (sentMs + latencyMs <= now) settle(log, index, outcome, isSent(outcome) ? sentMs + latencyMs : NaN);
        }
        return view.take(now, null);
      });

      const count = (of: (outcome: RequestOutcome) => boolean): number =>
        requests.filter(({ outcome }) => of(outcome)).length;
      expect(total(readings, 'offered')).toBe(requests.length);
      // One endpoint is the whole application.
      expect(readings.map((reading) => ({ endpoint: 'all', ...reading.total }))).toEqual(
        readings.flatMap(({ endpoints }) => endpoints),
      );
      expect(total(readings, 'sent')).toBe(count(isSent));
      expect(total(readings, 'completed')).toBe(count((outcome) => outcome === 'ok'));
      expect(total(readings, 'notSent')).toBe(count((outcome) => !isSent(outcome)));
      expect(readings.at(-1)?.inFlight).toBe(count((outcome) => outcome === 'unfinished'));
    }),
  );
});

test('what happened after the end of a sample is of a later one, although it is known', () => {
  const log = emptyLog([10, 20]);
  const view = new LiveView(log, ['read']);
  log.sentMs.set([10.5, 30.5]);
  settle(log, 0, 'ok', 45);
  settle(log, 1, 'ok', 50);

  const readings = [25, 40, 60].map((untilMs) => view.take(untilMs, null));

  expect(
    readings.map(({ total: { offered, sent, completed }, inFlight }) => [offered, sent, completed, inFlight]),
  ).toEqual([
    [2, 1, 0, 1],
    [0, 1, 0, 2],
    [0, 0, 2, 0],
  ]);
});
