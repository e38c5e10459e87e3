import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readSpans } from '../../../deathstarbench/client/read-spans.ts';
import { startNative } from '../../tracer/native-program.ts';
import type { NativeProgram } from '../../tracer/native-program.ts';
import { frontAndWork } from '../small-application.ts';
import { ask, traceParent, twinProgram, TwinRig, whyNoTwin } from '../twin-rig.ts';

/** A front without its launcher, with a span file of at most so many bytes. */
async function frontWithSpans(
  rig: TwinRig,
  spansMostBytes: number,
): Promise<NativeProgram & { readonly port: number }> {
  const program = await startNative(twinProgram, [
    ...['serve', '--model', rig.files.model, '--service', 'front', '--replica', 'front-1', '--port', '0'],
    ...['--registry', rig.files.registry, '--control', rig.files.controlOf('front-1')],
    ...['--spans', rig.files.spansOf('front-1'), '--spans-most-bytes', String(spansMostBytes)],
  ]);
  onTestFinished(async () => {
    // At its end, its whole group is killed.
    await program.stop(50);
  });
  return { ...program, port: Number((await program.line({ type: 'ready' }))['port']) };
}

async function linesWhen(file: string, count: number): Promise<readonly string[]> {
  for (;;) {
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    if (lines.length >= count) return lines;
    await delay(20);
  }
}

const sampled = (index: number) => ({ headers: { traceparent: traceParent(index, 7) } });

describe.skipIf(whyNoTwin() !== null)('spans', () => {
  test('of a sampled request tell who did what for whom, and how long', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 3000 }));
    const front = await rig.start('front');
    await rig.start('work');
    const originMs = Number(process.hrtime.bigint() / 1000n) / 1000;
    await ask(front.port, '/ask', sampled(41));
    const elapsedMs = Number(process.hrtime.bigint() / 1000n) / 1000 - originMs;
    await Promise.all([linesWhen(rig.files.spansOf('front-1'), 2), linesWhen(rig.files.spansOf('work-1'), 2)]);
    const [asking, working] = await readSpans(rig.files.spans, originMs / 1000);
    expect(asking).toMatchObject({
      request: 41,
      id: 1,
      parent: 0,
      service: 'front',
      operation: 'ask',
      replica: 'front-1',
    });
    expect(working).toMatchObject({
      request: 41,
      id: 2,
      parent: 1,
      service: 'work',
      operation: 'do',
      replica: 'work-1',
    });
    expect(asking?.startMs).toBeGreaterThan(0);
    expect(asking?.endMs).toBeLessThan(elapsedMs);
    expect(working?.startMs).toBeGreaterThan(asking?.startMs ?? Infinity);
    expect(working?.cpuMs).toBeGreaterThan(2);
    expect(asking?.downstreamMs).toBeGreaterThan(working?.cpuMs ?? Infinity);
    expect(asking?.waitMs).toBeGreaterThanOrEqual(0);
    expect(asking?.isError).toBe(false);
  });

  test.for([
    ['is not sampled', traceParent(3, 7, false)],
    ['has no number', `00-${'0'.repeat(16)}${'7'.padStart(16, '0')}-0000000000000001-01`],
    ['has a trace context of another version', traceParent(3, 7).replace('00-', '01-')],
    ['has a trace context in capitals', traceParent(10, 0xabc).toUpperCase()],
    ['has a trace context with a field too many', `${traceParent(3, 7)}-00`],
    ['has no trace context', ''],
  ] as const)('a request that %s leaves none, and is answered', async ([, traceparent]) => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await rig.start('front');
    await rig.start('work');
    expect((await ask(front.port, '/ask', { headers: { traceparent } })).status).toBe(200);
    front.drain();
    await front.exited;
    expect(await readSpans(rig.files.spans, 0)).toEqual([]);
  });

  test('the largest number of a request and of a seed go through all hops', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await rig.start('front');
    await rig.start('work');
    await ask(front.port, '/ask', { headers: { traceparent: traceParent(2 ** 52, 2 ** 32 - 1) } });
    await Promise.all([linesWhen(rig.files.spansOf('front-1'), 2), linesWhen(rig.files.spansOf('work-1'), 2)]);
    expect((await readSpans(rig.files.spans, 0)).map(({ request }) => request)).toEqual([2 ** 52, 2 ** 52]);
  });

  test('that failed are marked', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await rig.start('front');
    await ask(front.port, '/ask', sampled(0));
    await linesWhen(rig.files.spansOf('front-1'), 2);
    expect(await readSpans(rig.files.spans, 0)).toMatchObject([{ service: 'front', isError: true }]);
  });

  test('never fill more than their file may hold, and those without room are counted', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const front = await frontWithSpans(rig, 1000);
    for (let index = 0; index < 30; index++) await ask(front.port, '/ask', sampled(index));
    const { ControlConnection } = await import('../../../deathstarbench/client/control-connection.ts');
    const { parseCounters } = await import('../../../deathstarbench/client/parse-counters.ts');
    const { systemClock } = await import('../../../harness/core/clock.ts');
    const control = new ControlConnection(rig.files.controlOf('front-1'), systemClock, 1000);
    const counters = parseCounters((await control.ask('counters')) ?? '');
    control.close();
    process.kill(front.pid, 'SIGTERM');
    await front.exited;
    const spans = await readSpans(rig.files.spans, 0);
    expect(spans.length).toBeGreaterThan(5);
    expect(spans.map(({ request }) => request)).toEqual(spans.map((_, index) => index));
    expect(counters?.spansDropped).toBe(30 - spans.length);
    expect(statSync(rig.files.spansOf('front-1')).size).toBeLessThanOrEqual(1000);
  });

  test('that were written survive a kill, and a replica of the same name goes on behind them', async () => {
    const rig = await TwinRig.open(frontAndWork());
    const file = rig.files.spansOf('front-1');
    const first = await frontWithSpans(rig, 1e6);
    await ask(first.port, '/ask', sampled(0));
    await linesWhen(file, 2);
    process.kill(first.pid, 'SIGKILL');
    await first.exited;
    // As if it had been killed while it wrote.
    writeFileSync(file, '1 1 0 ask 12', { flag: 'a' });
    const second = await frontWithSpans(rig, 1e6);
    await ask(second.port, '/ask', sampled(2));
    process.kill(second.pid, 'SIGTERM');
    await second.exited;
    expect((await readSpans(rig.files.spans, 0)).map(({ request }) => request)).toEqual([0, 2]);
  });

  test('of many at once are all there, each line whole', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 1 }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    for (let round = 0; round < 20; round++) {
      await Promise.all(Array.from({ length: 50 }, (_, index) => ask(front.port, '/ask', sampled(50 * round + index))));
    }
    front.drain();
    await front.exited;
    await rig.unregister(work);
    work.drain();
    await work.exited;
    const spans = await readSpans(rig.files.spans, 0);
    for (const service of ['front', 'work']) {
      const requests = spans.filter((span) => span.service === service).map(({ request }) => request);
      expect(requests.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 1000 }, (_, index) => index));
    }
  });
});
