import type { Dispatcher } from 'undici';
import { expect, test } from 'vitest';
import { OpenLoop } from '../../../../harness/load/built-in/open-loop.ts';
import { RequestAhead } from '../../../../harness/load/built-in/request-ahead.ts';
import { sharedLog } from '../../../../harness/load/built-in/shared-log.ts';
import type { RequestLog } from '../../../../harness/telemetry/request-log.ts';
import { everyFewMs, outcomes, requestsTo } from './load-rig.ts';

/** What the client tells of a request. */
type Told = Required<
  Pick<
    Dispatcher.DispatchHandler,
    'onRequestStart' | 'onResponseStart' | 'onResponseData' | 'onResponseEnd' | 'onResponseError'
  >
>;

interface Rig {
  readonly loop: OpenLoop;
  readonly log: RequestLog;
  /** The requests that the client was given, in this order. */
  readonly sent: Told[];
  readonly inFlight: Int32Array;
  readonly fullUntilMs: Float64Array;
  readonly finished: () => number;
  /** How often there was room again. */
  readonly roomings: () => number;
  nowMs: number;
}

/** A loop at a clock that stands still, with a client that does nothing by itself. */
function makeRig(
  count: number,
  gapMs: number,
  options: { mostInFlight?: number; opens?: boolean; first?: number; stride?: number } = {},
  shared: Pick<Rig, 'log' | 'inFlight' | 'fullUntilMs'> = {
    log: sharedLog(everyFewMs(count, gapMs)),
    inFlight: new Int32Array(1),
    fullUntilMs: Float64Array.of(-Infinity),
  },
): Rig {
  const { log, inFlight, fullUntilMs } = shared;
  const { first = 0, stride = 1 } = options;
  const sent: Told[] = [];
  let [finished, roomings] = [0, 0];
  const rig = { log, sent, inFlight, fullUntilMs, finished: () => finished, roomings: () => roomings, nowMs: 0 };
  const loop = new OpenLoop({
    log,
    first,
    stride,
    timeoutMs: 1000,
    mostInFlight: options.mostInFlight ?? 100,
    inFlight,
    fullUntilMs,
    ahead: new RequestAhead(log, requestsTo('ok'), 0, first, stride),
    client: {
      send: (_, handler) => {
        // All five are methods of what the loop hands over.
        sent.push(handler as Told);
        return options.opens ?? true;
      },
    },
    nowMs: () => rig.nowMs,
    onRoom: () => roomings++,
    onFinished: () => finished++,
  });
  return Object.assign(rig, { loop });
}

const controller = { aborted: false, paused: false, reason: null, pause: () => undefined, resume: () => undefined };

function answer(told: Told | undefined, status = 200): void {
  told?.onRequestStart({ ...controller, abort: () => undefined }, null);
  told?.onResponseStart({ ...controller, abort: () => undefined }, status, {});
  told?.onResponseEnd({ ...controller, abort: () => undefined }, {});
}

const withCode = (code: string): Error => Object.assign(new Error(code), { code });

test('only what is due is sent, and each once', () => {
  const rig = makeRig(5, 10);
  rig.nowMs = 25;
  rig.loop.sendDue();
  rig.loop.sendDue();
  expect([rig.sent.length, [...rig.log.sentMs]]).toEqual([2, [25, 25, NaN, NaN, NaN]]);
  rig.nowMs = 100;
  rig.loop.sendDue();
  expect([rig.sent.length, rig.inFlight[0], rig.finished()]).toEqual([5, 5, 0]);
  rig.sent.forEach((told) => {
    answer(told);
  });
  expect([rig.inFlight[0], rig.finished(), outcomes(rig.log)]).toEqual([0, 1, { ok: 5 }]);
});

test('what falls due while answers are handled is sent before the next of them', () => {
  const rig = makeRig(3, 10);
  rig.nowMs = 10;
  rig.loop.sendDue();
  rig.nowMs = 20;
  answer(rig.sent[0]);
  expect([...rig.log.sentMs]).toEqual([10, 20, NaN]);
});

test('a late request is sent late, and one that is later than its time-out not at all', () => {
  const rig = makeRig(3, 500);
  rig.nowMs = 1750;
  rig.loop.sendDue();
  expect([rig.sent.length, [...rig.log.sentMs]]).toEqual([2, [NaN, 1750, 1750]]);
  expect(outcomes(rig.log)).toEqual({ 'not-sent-generator': 1, unfinished: 2 });
});

test('when a connection was kept, a request is sent when it is written, and not before', () => {
  const rig = makeRig(1, 10, { opens: false });
  rig.nowMs = 10;
  rig.loop.sendDue();
  expect(rig.log.sentMs[0]).toBe(NaN);
  rig.nowMs = 12;
  answer(rig.sent[0]);
  expect(rig.log.sentMs[0]).toBe(12);
});

test('what comes after the time-out changes nothing', async () => {
  const rig = makeRig(1, 10);
  rig.nowMs = 10;
  rig.loop.sendDue();
  rig.nowMs = 2000;
  let aborted = 0;
  rig.sent[0]?.onRequestStart({ ...controller, abort: () => aborted++ }, null);
  await expect.poll(() => outcomes(rig.log), { timeout: 30_000 }).toEqual({ 'timed-out': 1 });
  rig.nowMs = 3000;
  rig.sent[0]?.onResponseEnd({ ...controller, abort: () => undefined }, {});
  rig.sent[0]?.onResponseError({ ...controller, abort: () => undefined }, new Error('aborted'));
  expect([aborted, rig.finished(), rig.inFlight[0], rig.log.doneMs[0], rig.log.status[0]]).toEqual([1, 1, 0, 2000, 0]);
  expect(outcomes(rig.log)).toEqual({ 'timed-out': 1 });
});

test('a request whose connection opens after its time-out is given up then', async () => {
  const rig = makeRig(1, 10);
  rig.nowMs = 10;
  rig.loop.sendDue();
  rig.nowMs = 2000;
  await expect.poll(() => outcomes(rig.log), { timeout: 30_000 }).toEqual({ 'timed-out': 1 });
  let aborted = 0;
  rig.sent[0]?.onRequestStart({ ...controller, abort: () => aborted++ }, null);
  expect([aborted, rig.log.sentMs[0]]).toEqual([1, 10]);
});

test.each(['EADDRNOTAVAIL', 'EMFILE', 'ENOBUFS'])(
  '%s is the fault of the generator, not of the application',
  (code) => {
    const rig = makeRig(2, 10);
    rig.nowMs = 20;
    rig.loop.sendDue();
    rig.sent[0]?.onResponseError({ ...controller, abort: () => undefined }, withCode(code));
    rig.sent[1]?.onResponseError({ ...controller, abort: () => undefined }, withCode('ECONNREFUSED'));
    expect(outcomes(rig.log)).toEqual({ 'not-sent-generator': 1, 'connection-failed': 1 });
    expect([[...rig.log.sentMs], [...rig.log.doneMs]]).toEqual([
      [NaN, 20],
      [NaN, 20],
    ]);
  },
);

test('there is room again in flight when one has been answered, but not for what fell due before', () => {
  const rig = makeRig(5, 10, { mostInFlight: 2 });
  rig.nowMs = 30;
  rig.loop.sendDue();
  expect(outcomes(rig.log)).toEqual({ 'not-sent-in-flight': 1, unfinished: 4 });
  rig.nowMs = 40;
  answer(rig.sent[0], 404);
  expect(outcomes(rig.log)).toEqual({ 'error-status': 1, 'not-sent-in-flight': 2, unfinished: 2 });
  rig.nowMs = 50;
  rig.loop.sendDue();
  expect([rig.sent.length, rig.roomings()]).toEqual([3, 1]);
  expect([...rig.log.sentMs]).toEqual([30, 30, NaN, NaN, 50]);
  answer(rig.sent[1]);
  answer(rig.sent[2]);
  expect([rig.roomings(), rig.finished(), outcomes(rig.log)]).toEqual([
    2,
    1,
    { ok: 2, 'error-status': 1, 'not-sent-in-flight': 2 },
  ]);
});

test('what fell due while there was no room is not sent late by another sender that looks at it later', () => {
  const one = makeRig(4, 10, { mostInFlight: 1, stride: 2 });
  const other = makeRig(4, 10, { mostInFlight: 1, first: 1, stride: 2 }, one);
  one.nowMs = 10;
  one.loop.sendDue();
  one.nowMs = 23;
  answer(one.sent[0]);
  other.nowMs = 25;
  other.loop.sendDue();
  expect([other.sent.length, outcomes(one.log)]).toEqual([0, { ok: 1, 'not-sent-in-flight': 1, unfinished: 2 }]);

  one.nowMs = 30;
  one.loop.sendDue();
  expect([...one.log.sentMs]).toEqual([10, NaN, 30, NaN]);
});
