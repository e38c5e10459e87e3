import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { buildRequest } from '../../../../harness/application/build-request.ts';
import { systemClock } from '../../../../harness/core/clock.ts';
import { findProgram } from '../../../../harness/core/find-program.ts';
import { startChild } from '../../../../harness/core/process.ts';
import { K6Driver } from '../../../../harness/load/k6/k6-driver.ts';
import type { LoadDriver, LoadOrder, LoadOutcome, RunningLoad } from '../../../../harness/load/port.ts';
import { scheduleBytes } from '../../../../harness/load/schedule-file.ts';
import { traceParent } from '../../../../harness/load/trace-context.ts';
import type { LoadReading } from '../../../../harness/telemetry/load-reading.ts';
import { requestOutcomes, type RequestLog } from '../../../../harness/telemetry/request-log.ts';
import { placeFakeK6, type FakeK6 } from '../../../rig/fake-k6.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { recordedSchedule } from './recording.ts';
import { evenSchedule, exampleOrder, exampleRequests } from './example-order.ts';
import { startTarget } from './target-server.ts';

const searchPath = process.env['PATH'] ?? '';
const driverOf = (k6: string | null): LoadDriver =>
  new K6Driver({
    runner: startChild,
    clock: systemClock,
    k6,
    searchPath,
    systemPath: searchPath,
    workload: null,
    cores: 2,
  });

const never = new AbortController().signal;

async function run(driver: LoadDriver, order: LoadOrder): Promise<LoadOutcome & { readonly last: LoadReading }> {
  await using prepared = await driver.prepare(order, never);
  const running = await prepared.go(never);
  const outcome = await running.finish(never);
  return { ...outcome, last: await running.reading(Infinity) };
}

function outcomes({ outcome }: RequestLog): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const index of outcome) {
    const name = requestOutcomes[index] ?? '?';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const realK6 = process.env['K6_BIN'] ?? findProgram('k6', searchPath);
const programs = [
  { name: 'the fake k6', place: placeFakeK6, why: null },
  { name: 'the real k6', place: () => realK6 ?? '', why: realK6 === null ? 'none on PATH or in K6_BIN' : null },
];

describe.each(programs)('a schedule sent by $name', ({ name, place, why }) => {
  const title = why === null ? name : `${name} (skipped: ${why})`;

  test.skipIf(why !== null)(`each request arrives as the built-in driver would make it: ${title}`, async () => {
    const target = await startTarget();
    const folder = temporaryFolder();
    const order = exampleOrder({ target, workFolder: folder });
    const { schedule } = order;

    const { log, generator, last } = await run(driverOf(place(folder)), order);

    const expected = [...schedule.endpoint].map((endpoint, i) => {
      const seed = schedule.payloadSeed[i] ?? 0;
      const { method, path, body, contentType } = buildRequest(exampleRequests, endpoint, seed);
      return { method, path, body: body ?? '', contentType, traceParent: traceParent(i, seed, 0.5) };
    });
    const inOrder = target.arrivals.toSorted((a, b) => (a.traceParent < b.traceParent ? -1 : 1));
    expect(inOrder).toEqual(expected);
    expect(outcomes(log)).toEqual({ ok: 60 });
    expect(log).toMatchObject({
      ...schedule,
      status: new Uint16Array(60).fill(200),
      bytes: new Uint32Array(60).fill(11),
    });
    expect([...log.sentMs].every((sentMs, i) => sentMs >= (log.dueMs[i] ?? Infinity))).toBe(true);
    expect([...log.doneMs].every((doneMs, i) => doneMs > (log.sentMs[i] ?? Infinity))).toBe(true);
    expect(generator).toMatchObject({
      driver: 'k6',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
      capacityCores: 2,
      death: null,
      scheduleSha256: createHash('sha256').update(scheduleBytes(schedule)).digest('hex'),
    });
    expect(last.inFlight).toBe(0);
    expect(last.endpoints.map(({ endpoint, offered, completed }) => [endpoint, offered, completed])).toEqual([
      ['read', 40, 40],
      ['compose', 20, 20],
      ['broken', 0, 0],
    ]);
  });

  test.skipIf(why !== null)(`readings tell of it while it goes on: ${title}`, async () => {
    const target = await startTarget();
    const folder = temporaryFolder();
    const schedule = evenSchedule(100, 10);
    await using prepared = await driverOf(place(folder)).prepare(
      exampleOrder({ target, workFolder: folder, schedule }),
      never,
    );

    const beforeMs = performance.now();
    const running = await prepared.go(never);
    const afterMs = performance.now();
    expect(running.originMs).toBeGreaterThan(beforeMs);
    expect(running.originMs).toBeLessThan(afterMs + 1000);
    const readings: LoadReading[] = [];
    for (const atMs of [300, 600, 900]) {
      await systemClock.sleep(Math.max(0, running.originMs + atMs - performance.now()));
      readings.push(await running.reading(atMs));
    }
    await running.finish(never);
    readings.push(await running.reading(Infinity));

    const sum = (key: 'offered' | 'sent' | 'completed'): number =>
      readings.reduce((total, { endpoints }) => total + (endpoints[0]?.[key] ?? NaN), 0);
    expect([sum('offered'), sum('sent'), sum('completed')]).toEqual([100, 100, 100]);
    const early = readings.slice(0, 3);
    expect(early.some(({ endpoints }) => (endpoints[0]?.completed ?? 0) > 0)).toBe(true);
    expect(early.some(({ latenessP99Ms }) => latenessP99Ms !== null)).toBe(true);
    expect(early.every(({ generatorCpuSeconds }) => (generatorCpuSeconds ?? -1) >= 0)).toBe(true);
  });

  test.skipIf(why !== null)(`errors, closed connections and silence are told apart: ${title}`, async () => {
    let composed = 0;
    const target = await startTarget((response, request) => {
      if (request.url === '/broken') response.writeHead(503).end('no');
      else if (request.method === 'GET') response.end();
      // POST, because a GET on a connection that was closed is tried again.
      else if (composed++ % 2 === 0) response.destroy();
    });
    const folder = temporaryFolder();
    const schedule = evenSchedule(12, 20, [0, 2, 1, 0, 1, 2]);

    const order = exampleOrder({ target, workFolder: folder, schedule, timeoutMs: 300 });
    const { log, generator } = await run(driverOf(place(folder)), order);

    const { ok, 'error-status': errors, ...rest } = outcomes(log);
    expect([ok, errors]).toEqual([4, 4]);
    expect(rest).toEqual({ 'timed-out': 2, 'connection-failed': 2 });
    const expected = [200, 503, 0, 200, 0, 503];
    expect([...log.status]).toEqual([...expected, ...expected]);
    expect(generator.death).toBeNull();
  });

  test.skipIf(why !== null)(`what is beyond the bound in flight is not sent, and told: ${title}`, async () => {
    const target = await startTarget(() => undefined);
    const folder = temporaryFolder();
    const schedule = evenSchedule(30, 10);

    const order = exampleOrder({ target, workFolder: folder, schedule, timeoutMs: 800, mostInFlight: 5 });
    const { log, generator } = await run(driverOf(place(folder)), order);

    expect(outcomes(log)).toEqual({ 'timed-out': 5, 'not-sent-in-flight': 25 });
    expect(log.sentMs.findIndex((sentMs) => Number.isNaN(sentMs))).toBe(5);
    expect(target.arrivals).toHaveLength(5);
    expect(generator.death).toBeNull();
  });

  test.skipIf(why !== null)(`connections are kept, or fresh for each request: ${title}`, async () => {
    const opened = async (connections: LoadOrder['connections']): Promise<number> => {
      const target = await startTarget();
      const folder = temporaryFolder();
      const order = exampleOrder({ target, workFolder: folder, connections, schedule: evenSchedule(20, 20) });
      await run(driverOf(place(folder)), order);
      return target.connections();
    };

    expect(await opened({ kind: 'fresh' })).toBe(20);
    expect(await opened({ kind: 'kept', maxAgeMs: null })).toBeLessThan(20);
  });
});

describe('a run that goes wrong', () => {
  const start = async (fake: FakeK6, changes: Partial<LoadOrder> = {}): Promise<RunningLoad> => {
    const target = await startTarget();
    const folder = temporaryFolder();
    const driver = driverOf(placeFakeK6(folder, fake));
    const prepared = await driver.prepare(exampleOrder({ target, workFolder: folder, ...changes }), never);
    onTestFinished(() => prepared[Symbol.asyncDispose]());
    return prepared.go(never);
  };
  const finish = async (fake: FakeK6, changes: Partial<LoadOrder> = {}): Promise<LoadOutcome> =>
    (await start(fake, changes)).finish(never);
  test('the recorded run comes out as it was, in its rhythm', async () => {
    const fake: FakeK6 = { run: 'recorded', speed: 4 };
    const { log, generator } = await finish(fake, { schedule: recordedSchedule, timeoutMs: 1000 });

    expect(outcomes(log)).toEqual({ ok: 726, 'timed-out': 127 });
    expect(generator.death).toBeNull();
  });

  test('killed on its way, it leaves what it had, and the reason', async () => {
    // After `read` and `t0`: 60 lines on 31 requests that were sent, 29 of which are done.
    const fake: FakeK6 = { run: 'recorded', speed: 4, lines: 62, signal: 'SIGKILL' };
    const { log, generator } = await finish(fake, { schedule: recordedSchedule });

    const { ok = 0, unfinished = 0, ...rest } = outcomes(log);
    expect(2 * ok + unfinished).toBe(60);
    expect(rest).toEqual({ 'not-sent-generator': 853 - ok - unfinished });
    expect(generator.death).toMatch(
      /^k6 was killed by SIGKILL\. It had sent \d\d of 853 requests\. It said: Request Failed: /,
    );
  });

  test('interrupted by an outside hand, what was in flight is unfinished, not failed', async () => {
    const target = await startTarget(() => undefined);
    const running = await start({}, { target, schedule: evenSchedule(100, 20), timeoutMs: 5000 });
    await systemClock.sleep(Math.max(0, running.originMs + 500 - performance.now()));
    process.kill(pidOf(target.url), 'SIGINT');
    const { log, generator } = await running.finish(never);

    const { unfinished = 0, 'not-sent-generator': notSent = 0, ...rest } = outcomes(log);
    expect(rest).toEqual({});
    expect(unfinished).toBeGreaterThan(0);
    expect(generator.death).toBe(
      `k6 was told to stop by SIGINT or SIGTERM (exit status 105). It had sent ${unfinished} of 100 requests. ` +
        "It said: test run was aborted because k6 received a 'interrupt' signal",
    );
    expect(notSent).toBe(100 - unfinished);
  });

  test.each([
    [
      'ends with 0 before its end',
      { lines: 12, exit: 0 },
      /^k6 ended with status 0 before the end of the schedule\. It had sent \d+ of 60 requests$/,
    ],
    [
      'is stopped over its REST API',
      { lines: 12, exit: 103 },
      /^k6 was stopped by somebody through its REST API \(exit status 103\)\. It had sent /,
    ],
    [
      'is dismissed with an unknown status',
      { lines: 12, exit: 77 },
      /^k6 ended in an unknown way \(exit status 77\)\. It had sent /,
    ],
    [
      'leaves no summary',
      { noSummary: true },
      /^k6 ended with status 0, but it left no summary that can be read\. It said: failed to handle the end-of-test summary: Could not save some summary information: - could not open 'summary\.json': no space left on device$/,
    ],
  ] satisfies readonly (readonly [string, FakeK6, RegExp])[])(
    'when it %s, the evidence says so',
    async (_, fake, death) => {
      const { generator } = await finish(fake);

      expect(generator.death).toMatch(death);
    },
  );

  test('asked for more than it can send, it ends in time, and what was too late counts as its own fault', async () => {
    const schedule = evenSchedule(20_000, 0.02);
    const { log, generator } = await finish({}, { schedule, timeoutMs: 250 });

    const { ok = 0, 'timed-out': timedOut = 0, 'not-sent-generator': notSent = 0, ...rest } = outcomes(log);
    expect(rest).toEqual({});
    expect(ok + timedOut + notSent).toBe(20_000);
    expect(ok).toBeGreaterThan(0);
    expect(notSent).toBeGreaterThan(0);
    expect(generator.death).toBeNull();
  });

  test('crossed thresholds are a result', async () => {
    const { log, generator } = await finish({ exit: 99 });

    expect(outcomes(log)).toEqual({ ok: 60 });
    expect(generator.death).toBeNull();
  });

  test.each([
    ['due instants', { hash: 'ab'.repeat(32) }],
    ['requests', { requestsHash: 'ab'.repeat(32) }],
  ])('other %s than were written are not accepted', async (what, fake) => {
    await expect(start({ run: 'recorded', ...fake })).rejects.toMatchObject({
      code: 'load-failed',
      message: `k6 read other ${what} than were written: the SHA-256 differs.`,
    });
  });

  test.each([
    [
      'import of a missing file',
      'it could not load or run its script (exit status 107). It said: could not initialize ',
    ],
    [
      'script file missing',
      'it did not accept its command line (exit status 255). It said: The moduleSpecifier "not-there.js"',
    ],
    ['SIGHUP', 'it was killed by SIGHUP'],
  ])('it does not begin: %s', async (name, message) => {
    await expect(start({ run: { case: name } })).rejects.toMatchObject({
      code: 'load-failed',
      message: expect.stringContaining(`k6 ended before its schedule began: ${message}`) as string,
    });
  });

  test.each([
    ['in order', {}],
    ['at once, after a second signal', { slowEnd: true }],
    ['by force, if it does not listen', { deaf: true }],
  ] satisfies readonly (readonly [string, FakeK6])[])('an interrupted harness ends it %s', async (_, fake) => {
    const target = await startTarget(() => undefined);
    const running = await start(fake, { target, schedule: evenSchedule(100, 50) });
    const pid = pidOf(target.url);
    const over = new AbortController();
    const finished = running.finish(over.signal);
    over.abort(new Error('enough'));

    await expect(finished).rejects.toThrow('enough');
    expect(existsSync(`/proc/${pid}`)).toBe(false);
  });

  test('given up before the end, nothing of it is left', async () => {
    const target = await startTarget();
    const folder = temporaryFolder();
    const prepared = await driverOf(placeFakeK6(folder)).prepare(exampleOrder({ target, workFolder: folder }), never);
    await prepared.go(never);
    const pid = pidOf(target.url);
    await prepared[Symbol.asyncDispose]();

    expect(existsSync(`/proc/${pid}`)).toBe(false);
    await prepared[Symbol.asyncDispose]();
  });

  test('connections that grow old are more than k6 can do', async () => {
    const order = exampleOrder({
      target: { url: 'http://127.0.0.1:1' },
      workFolder: temporaryFolder(),
      connections: { kind: 'kept', maxAgeMs: 10_000 },
    });

    await expect(driverOf(placeFakeK6(temporaryFolder())).prepare(order, never)).rejects.toMatchObject({
      code: 'load-failed',
      message: 'k6 cannot drop connections by their age.',
    });
  });
});

/** The process that was told to send to that address. */
function pidOf(url: string): number {
  const found = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .find((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(`BASE=${url}\0`);
      } catch {
        return false;
      }
    });
  return Number(found);
}
