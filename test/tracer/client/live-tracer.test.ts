import { expect, test } from 'vitest';
import { difference } from '../../../tracer/client/difference.ts';
import { startRunqTracer } from '../../../tracer/client/start-tracer.ts';
import { TracerLostError } from '../../../tracer/client/tracer.ts';
import type { GroupCounters } from '../../../tracer/client/line.ts';
import type { RunqTracer, TracerEvent } from '../../../tracer/client/tracer.ts';
import { FakeHelper } from './fake-helper.ts';
import { ManualClock, settle } from './manual-clock.ts';
import { counterOf, groupOf, hello, snapshotOf } from './snapshot-text.ts';

async function run(intervalMs = 1000): Promise<{
  helper: FakeHelper;
  clock: ManualClock;
  tracer: RunqTracer;
  events: TracerEvent[];
}> {
  const helper = new FakeHelper();
  const clock = new ManualClock();
  const started = startRunqTracer({ file: 'runq', intervalMs }, { runner: helper.runner, clock });
  helper.say(hello);
  const tracer = await started;
  const events: TracerEvent[] = [];
  tracer.subscribe((event) => events.push(event));
  return { helper, clock, tracer, events };
}

/** What a promise came to, if it did. */
function outcomeOf(promise: Promise<unknown>): { value?: unknown; error?: unknown } {
  const outcome: { value?: unknown; error?: unknown } = {};
  promise.then(
    (value) => (outcome.value = value),
    (error: unknown) => (outcome.error = error),
  );
  return outcome;
}

test('a snapshot is asked for, and only an answer to that is taken for it', async () => {
  const { helper, tracer, events } = await run();
  const answer = outcomeOf(tracer.snapshot());
  const first = helper.snapshot('interval');
  await settle();
  expect([helper.heard, answer]).toEqual([['read'], {}]);
  const second = helper.snapshot('asked');
  await settle();
  expect(answer).toEqual({ value: second });
  expect(events).toEqual([
    { type: 'snapshot-taken', snapshot: first },
    { type: 'snapshot-taken', snapshot: second },
  ]);
});

test('requests that overlap each get a snapshot that was asked for after they came', async () => {
  const { helper, tracer } = await run();
  const first = outcomeOf(tracer.snapshot());
  const second = outcomeOf(tracer.snapshot());
  const third = outcomeOf(tracer.snapshot());
  expect(helper.heard).toEqual(['read']);
  const early = helper.snapshot('asked');
  await settle();
  expect([helper.heard, first, second, third]).toEqual([['read', 'read'], { value: early }, {}, {}]);
  const late = helper.snapshot('asked');
  await settle();
  expect([helper.heard, second, third]).toEqual([['read', 'read'], { value: late }, { value: late }]);
});

test('a request from within a subscription waits for its own answer', async () => {
  const { helper, tracer } = await run();
  const nested: { value?: unknown; error?: unknown }[] = [];
  tracer.subscribe(() => {
    if (nested.length === 0) nested.push(outcomeOf(tracer.snapshot()));
  });
  const outer = outcomeOf(tracer.snapshot());
  const [first, second] = [helper.snapshot('asked'), helper.snapshot('asked')];
  await settle();
  expect([outer, nested]).toEqual([{ value: first }, [{ value: second }]]);
});

test('a request that was given up does not hand its answer to the next', async () => {
  const { helper, tracer } = await run();
  const abort = new AbortController();
  const given = outcomeOf(tracer.snapshot(abort.signal));
  abort.abort(new Error('enough'));
  await settle();
  expect(given).toEqual({ error: new Error('enough') });
  const next = outcomeOf(tracer.snapshot());
  helper.snapshot('asked');
  await settle();
  expect(next).toEqual({});
  const answer = helper.snapshot('asked');
  await settle();
  expect(next).toEqual({ value: answer });
  await expect(tracer.snapshot(abort.signal)).rejects.toThrow(new Error('enough'));
});

test('a broken line is reported and counted, and whoever waits for an answer asks again', async () => {
  const { helper, tracer, events } = await run();
  const answer = outcomeOf(tracer.snapshot());
  helper.say('{"type":"snapsh');
  expect(events).toEqual([{ type: 'line-broken', reason: 'not JSON', text: '{"type":"snapsh' }]);
  expect(helper.heard).toEqual(['read', 'read']);
  // The broken line was number 0.
  const snapshot = helper.snapshot('asked', { seq: 1 });
  await settle();
  expect(answer).toEqual({ value: snapshot });
  expect(tracer.faults).toEqual({ broken: 1, missed: 1 });
  expect(tracer.loss).toBeNull();
});

test('a lost line costs resolution but no data', async () => {
  const { helper, tracer, events } = await run();
  const count = (value: number): GroupCounters[] => [
    groupOf({ contention: counterOf({ count: value, slots: [[8, value]] }) }),
  ];
  const first = helper.snapshot('interval', { groups: count(10) });
  const third = helper.snapshot('interval', { seq: 2, groups: count(30) });
  expect(events.slice(1)).toEqual([
    { type: 'lines-missed', count: 1 },
    { type: 'snapshot-taken', snapshot: third },
  ]);
  expect(tracer.faults).toEqual({ broken: 0, missed: 1 });
  expect(difference(first, third).groups[0]?.contention.count).toBe(20);
});

test('a line that comes twice, and a greeting in mid-run, are broken lines', async () => {
  const { helper, tracer, events } = await run();
  const snapshot = helper.snapshot('interval');
  helper.say(snapshot);
  helper.say(hello);
  helper.say({ type: 'error', code: 'other', message: 'x' });
  const reasons = events.flatMap((event) => (event.type === 'line-broken' ? [event.reason] : []));
  expect(reasons).toEqual(['seq: expected 1 or more', 'unexpected hello', 'unexpected error']);
  expect(tracer.faults).toEqual({ broken: 3, missed: 0 });
});

test('death in mid-trial is noticed, says how, and ends every wait', async () => {
  const { helper, tracer, events } = await run();
  const waits = [outcomeOf(tracer.snapshot()), outcomeOf(tracer.snapshot())];
  helper.exit({ exitCode: null, signal: 'SIGSEGV', stderrTail: 'first words\nlast words\n' });
  await settle();
  const loss = {
    kind: 'died',
    message: 'The run-queue tracer (process 321) was ended by SIGSEGV; its last words were: first words | last words.',
  } as const;
  expect(tracer.loss).toEqual(loss);
  expect(events).toEqual([{ type: 'tracer-lost', loss }]);
  for (const { error } of waits) expect(error).toEqual(new TracerLostError(loss));
  await expect(tracer.snapshot()).rejects.toThrow(loss.message);
  expect(helper.heard).toEqual(['read']);
});

test('a helper that ends by itself with success is lost all the same', async () => {
  const { helper, tracer } = await run();
  helper.exit({ exitCode: 0 });
  await settle();
  expect(tracer.loss?.message).toBe('The run-queue tracer (process 321) ended with exit code 0.');
});

test.each([
  [100, 2000],
  [1000, 3000],
])('with an interval of %i ms, silence is noticed after %i ms', async (intervalMs, silenceMs) => {
  const { helper, clock, tracer, events } = await run(intervalMs);
  await clock.advance(silenceMs - 250);
  helper.snapshot('interval');
  await clock.advance(silenceMs - 1);
  expect(tracer.loss).toBeNull();
  await clock.advance(250);
  const message = `The run-queue tracer (process 321) said nothing for ${silenceMs} ms, although it speaks every ${intervalMs} ms.`;
  expect(tracer.loss).toEqual({ kind: 'silent', message });
  expect(events.at(-1)).toEqual({ type: 'tracer-lost', loss: { kind: 'silent', message } });
});

test('once lost it stays lost, whatever is said afterwards', async () => {
  const { helper, clock, tracer, events } = await run();
  await clock.advance(5000);
  const count = events.length;
  helper.snapshot('interval');
  helper.exit({ exitCode: 1 });
  await clock.advance(5000);
  expect([tracer.loss?.kind, events.length]).toEqual(['silent', count]);
});

test('no answer within 2 s is noticed although the helper speaks', async () => {
  const { helper, clock, tracer } = await run();
  const answer = outcomeOf(tracer.snapshot());
  await clock.advance(1000);
  helper.snapshot('interval');
  await clock.advance(999);
  expect(tracer.loss).toBeNull();
  await clock.advance(1);
  const message = 'The run-queue tracer (process 321) did not answer within 2000 ms.';
  expect(tracer.loss).toEqual({ kind: 'unanswered', message });
  expect(answer).toEqual({ error: new TracerLostError({ kind: 'unanswered', message }) });
});

test('a client that stood still itself does not take that for silence', async () => {
  const { helper, clock, tracer } = await run();
  await clock.stall(60_000);
  helper.snapshot('interval');
  await clock.advance(2999);
  expect(tracer.loss).toBeNull();
});

test('stopping gives the last snapshot, refuses who waits, and may be done twice', async () => {
  const { helper, tracer, events } = await run();
  const wait = outcomeOf(tracer.snapshot());
  const last = await tracer.stop();
  await settle();
  expect(last).toEqual(snapshotOf({ seq: 0, reason: 'end' }));
  expect(wait).toEqual({ error: new Error('The run-queue tracer was stopped.') });
  await expect(tracer.snapshot()).rejects.toThrow(new Error('The run-queue tracer was stopped.'));
  expect(await tracer.stop()).toEqual(last);
  await tracer[Symbol.asyncDispose]();
  expect([helper.hasEnded, tracer.loss, events.length]).toEqual([true, null, 1]);
});

test('who has ended the subscription hears no more', async () => {
  const { helper, tracer } = await run();
  const heard: TracerEvent[] = [];
  const end = tracer.subscribe((event) => heard.push(event));
  helper.snapshot('interval');
  end();
  helper.snapshot('interval');
  expect(heard.length).toBe(1);
});
