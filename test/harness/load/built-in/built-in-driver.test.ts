import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { buildRequest } from '../../../../harness/application/build-request.ts';
import { HarnessError } from '../../../../harness/core/errors.ts';
import { peakPerSecond } from '../../../../harness/load/built-in/built-in-driver.ts';
import { scheduleSha256 } from '../../../../harness/load/schedule-file.ts';
import { traceParent } from '../../../../harness/load/trace-context.ts';
import { begun, driver, everyFewMs, never, orderTo, outcomes, prepared, requestsTo, sent } from './load-rig.ts';
import { startTarget } from './target-process.ts';

describe('what is sent', () => {
  test('each request arrives as it was built, and its answer is in the log', async () => {
    const target = await startTarget();
    const order = orderTo(target.url, { schedule: everyFewMs(50, 4, [0, 1]) });
    const { log, generator } = await sent(order);
    const arrivals = await target.hear(50);

    const { endpoint, payloadSeed } = order.schedule;
    const expected = Array.from({ length: 50 }, (_, index) => {
      const seed = payloadSeed[index] ?? 0;
      const { method, path, body, contentType } = buildRequest(order.requests, endpoint[index] ?? 0, seed);
      return { method, url: path, body: body ?? '', contentType, traceParent: traceParent(index, seed, 0.5) };
    });
    const seen = arrivals.map(({ method, url, body, contentType, traceParent: context }) => {
      return { method, url, body, contentType, traceParent: context };
    });
    seen.sort((a, b) => (a.traceParent < b.traceParent ? -1 : 1));
    expect(seen).toEqual(expected);
    expect(outcomes(log)).toEqual({ ok: 50 });
    expect([new Set(log.status), new Set(log.bytes)]).toEqual([new Set([200]), new Set([11])]);
    expect(log.sentMs.every((sentMs, index) => sentMs >= (log.dueMs[index] ?? NaN))).toBe(true);
    expect(log.doneMs.every((doneMs, index) => doneMs > (log.sentMs[index] ?? NaN))).toBe(true);
    expect(generator).toMatchObject({
      driver: 'built-in',
      version: `undici 7.30.2, Node ${process.versions.node}`,
      death: null,
      capacityCores: 1,
      // Nobody gives a test runner options.
      priority: 'normal',
      priorityNote: 'Node was started without --single-threaded-gc',
      scheduleSha256: scheduleSha256(order.schedule),
    });
    expect(generator.cpuCores).toBeGreaterThan(0);
  });

  test('the same seed offers the same requests, to the byte', async () => {
    const target = await startTarget();
    const order = orderTo(target.url, { schedule: everyFewMs(50, 4, [0, 1]) });
    await sent(order);
    await sent(order);
    const offered = (await target.hear(100)).map(({ method, url, body, traceParent: context }) =>
      JSON.stringify([context, method, url, body]),
    );

    expect(offered.slice(0, 50).sort()).toEqual(offered.slice(50).sort());
  });

  test('several threads share a schedule that is too fast for one', async () => {
    const target = await startTarget();
    const schedule = everyFewMs(1600, 0.4);
    const { log, generator } = await sent(orderTo(target.url, { schedule, mostInFlight: 10_000 }));
    const numbers = (await target.hear(1600)).map(({ traceParent: context }) => context);

    expect(new Set(numbers).size).toBe(1600);
    expect(outcomes(log)).toEqual({ ok: 1600 });
    expect(generator).toMatchObject({ capacityCores: 2, death: null });
  });

  test('the peak of a schedule is that of its busiest second, wherever it begins', () => {
    const at = (...dueMs: readonly number[]): number => {
      const none = { endpoint: new Uint8Array(), payloadSeed: new Uint32Array() };
      return peakPerSecond({ ...none, dueMs: Float64Array.from(dueMs) });
    };
    expect([at(), at(5), at(0, 999, 1000, 1500, 1998), at(0, 1000, 2000)]).toEqual([0, 1, 4, 1]);
  });

  test('an empty schedule ends', async () => {
    const target = await startTarget();
    const { log, generator } = await sent(orderTo(target.url, { schedule: everyFewMs(0, 1) }));

    expect([log.dueMs.length, generator.death]).toEqual([0, null]);
  });
});

describe('whatever the application does', () => {
  test('a server that stands still holds nothing back', async () => {
    const target = await startTarget();
    process.kill(target.pid, 'SIGSTOP');
    const running = await begun(orderTo(target.url, { schedule: everyFewMs(100, 4) }));
    let sentSoFar = 0;
    let inFlight = 0;
    while (sentSoFar < 100) {
      await delay(20);
      const reading = await running.reading(performance.now() - running.originMs);
      sentSoFar += reading.endpoints[0]?.sent ?? 0;
      inFlight = reading.inFlight;
    }
    expect([sentSoFar, inFlight, target.arrivals.length]).toEqual([100, 100, 0]);
    process.kill(target.pid, 'SIGCONT');
    const { log } = await running.finish(never);

    expect(outcomes(log)).toEqual({ ok: 100 });
  });

  test('errors are told from answers, and their bytes counted', async () => {
    const target = await startTarget();
    const kinds = ['ok', 'big', 'chunks', 'broken', 'reset', 'half'];
    const schedule = everyFewMs(60, 4, [0, 1, 2, 3, 4, 5]);
    const { log } = await sent(orderTo(target.url, { schedule, requests: requestsTo(...kinds) }));
    const first = Array.from(kinds, (kind, index) => ({ kind, status: log.status[index], bytes: log.bytes[index] }));

    expect(outcomes(log)).toEqual({ ok: 30, 'error-status': 10, 'connection-failed': 20 });
    expect(first).toEqual([
      { kind: 'ok', status: 200, bytes: 11 },
      { kind: 'big', status: 200, bytes: 100_000 },
      { kind: 'chunks', status: 200, bytes: 1234 },
      { kind: 'broken', status: 503, bytes: 2 },
      { kind: 'reset', status: 0, bytes: 0 },
      { kind: 'half', status: 0, bytes: 0 },
    ]);
  });

  test('a request without an answer times out, counted from when it was due', async () => {
    const target = await startTarget();
    const schedule = everyFewMs(20, 4, [0, 1]);
    const { log } = await sent(orderTo(target.url, { schedule, requests: requestsTo('ok', 'never'), timeoutMs: 2000 }));
    const waits = log.doneMs
      .map((doneMs, index) => doneMs - (log.dueMs[index] ?? NaN))
      .filter((_, index) => index % 2 === 1);

    expect(outcomes(log)).toEqual({ ok: 10, 'timed-out': 10 });
    expect(waits.every((ms) => ms >= 1999)).toBe(true);
  });

  test('refused connections are failures of the application', async () => {
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    // A server that listens on a port has an address with one.
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { log, generator } = await sent(orderTo(`http://127.0.0.1:${port}`));

    expect(outcomes(log)).toEqual({ 'connection-failed': 50 });
    expect(log.sentMs.every((ms) => ms > 0)).toBe(true);
    expect(generator.death).toBe(null);
  });

  test('beyond the bound in flight a request is not sent, and that is recorded', async () => {
    const target = await startTarget();
    process.kill(target.pid, 'SIGSTOP');
    const { log } = await sent(orderTo(target.url, { mostInFlight: 5, timeoutMs: 1000 }));

    expect(outcomes(log)).toEqual({ 'timed-out': 5, 'not-sent-in-flight': 45 });
    const notSent = log.sentMs.filter((_, index) => index >= 5);
    expect([notSent.every(Number.isNaN), log.doneMs.slice(5).every(Number.isNaN)]).toEqual([true, true]);
  });
});

describe('connections', () => {
  const connectionsOf = (arrivals: readonly { readonly connection: number }[]): number =>
    new Set(arrivals.map(({ connection }) => connection)).size;

  test('are kept', async () => {
    const target = await startTarget();
    await sent(orderTo(target.url, { schedule: everyFewMs(20, 50) }));
    const arrivals = await target.hear(20);

    expect(connectionsOf(arrivals)).toBeLessThan(5);
    expect(arrivals[0]?.connectionHeader).toBe('keep-alive');
  });

  test('are fresh for each request, if that is asked for', async () => {
    const target = await startTarget();
    await sent(orderTo(target.url, { connections: { kind: 'fresh' } }));
    const arrivals = await target.hear(50);

    expect(connectionsOf(arrivals)).toBe(50);
    expect(arrivals[0]?.connectionHeader).toBe('close');
  });

  test('are dropped when they are as old as was asked for', async () => {
    const target = await startTarget();
    const { log } = await sent(
      orderTo(target.url, { schedule: everyFewMs(20, 50), connections: { kind: 'kept', maxAgeMs: 120 } }),
    );

    // A second of requests, and no connection may serve for much longer than 120 ms of it.
    expect(connectionsOf(await target.hear(20))).toBeGreaterThanOrEqual(5);
    expect(outcomes(log)).toEqual({ ok: 20 });
  });
});

describe('readings', () => {
  test('add up to the log, each telling what is new', async () => {
    const target = await startTarget();
    const schedule = everyFewMs(80, 5, [0, 1]);
    const running = await begun(orderTo(target.url, { schedule, requests: requestsTo('ok', 'broken') }));
    const totals = { offered: 0, sent: 0, completed: 0, failed: 0 };
    let cpuSeconds = 0;
    while (totals.completed + totals.failed < 80) {
      await delay(30);
      const reading = await running.reading(performance.now() - running.originMs);
      cpuSeconds += reading.generatorCpuSeconds ?? 0;
      for (const { offered, sent: sentNow, completed, failed } of reading.endpoints) {
        totals.offered += offered;
        totals.sent += sentNow;
        totals.completed += completed;
        totals.failed += failed;
      }
    }
    const { generator } = await running.finish(never);

    expect(totals).toEqual({ offered: 80, sent: 80, completed: 40, failed: 40 });
    expect(cpuSeconds).toBeGreaterThan(0);
    expect(generator.death).toBe(null);
  });
});

describe('the end', () => {
  test('a generator that dies on the way gives what it had, and says so', async () => {
    const target = await startTarget();
    // Beyond what the warm-up takes and what is built ahead there is a request to an endpoint that the model lacks.
    const schedule = everyFewMs(2000, 1, [0]);
    schedule.endpoint[1900] = 77;
    const { log, generator } = await sent(orderTo(target.url, { schedule }));

    expect(generator.death).toBe('its sender failed: endpoint 77 of 2');
    expect(outcomes(log).ok).toBeGreaterThan(0);
    expect(outcomes(log).unfinished).toBeGreaterThan(0);
  });

  test('a generator that cannot start is an error before the load begins', async () => {
    const requests = { quantities: [], endpoints: [] };

    await expect(driver.prepare(orderTo('http://127.0.0.1:1', { requests }), never)).rejects.toEqual(
      new HarnessError('load-failed', 'The load generator cannot start: its sender failed: endpoint 0 of 0.'),
    );
  });

  test('an abort ends the wait for answers with its reason', async () => {
    const target = await startTarget();
    const running = await begun(orderTo(target.url, { requests: requestsTo('never') }));
    const interruption = new AbortController();
    const finished = running.finish(interruption.signal);
    interruption.abort(new Error('interrupted'));

    await expect(finished).rejects.toEqual(new Error('interrupted'));
  });

  test('an abort keeps it from being prepared, and from going', async () => {
    const target = await startTarget();
    const aborted = AbortSignal.abort(new Error('interrupted'));

    await expect(driver.prepare(orderTo(target.url), aborted)).rejects.toEqual(new Error('interrupted'));
    const load = await prepared(orderTo(target.url));
    expect(() => load.go(aborted)).toThrow(new Error('interrupted'));
  });

  test('CPUs that are not there are refused before anything is sent', async () => {
    const target = await startTarget();

    await expect(driver.prepare(orderTo(target.url, { cpus: '4000' }), never)).rejects.toMatchObject({
      code: 'load-failed',
      message: expect.stringMatching(/^The load generator cannot be bound to CPU 4000: taskset: /) as string,
    });
    expect(target.arrivals).toEqual([]);
  });
});
