import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Application } from '../../../harness/application/application.ts';
import { readSpans } from '../../../deathstarbench/client/read-spans.ts';
import { applicationOf, call, endpointOf, frontAndWork, operationOf, serviceOf } from '../small-application.ts';
import { ask, traceParent, TwinRig, whyNoTwin } from '../twin-rig.ts';
import type { RunningReplica } from '../twin-rig.ts';

describe.skipIf(whyNoTwin() !== null)('CPU demands', () => {
  test('are really used, by the thread that answers, and scaled to the machine', async () => {
    const rig = await TwinRig.open(frontAndWork({ micros: 40_000, changes: { cpuScale: 0.5 } }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    for (let index = 0; index < 5; index++) {
      await ask(front.port, '/ask', { headers: { traceparent: traceParent(index, index) } });
    }
    // To send its last answer is not in it, nor that a clock is looked at until a microsecond before the end.
    expect((await work.counters())?.cpuSeconds).toBeGreaterThan(0.0999);
    await rig.unregister(work);
    work.drain();
    await work.exited;
    const spans = (await readSpans(rig.files.spans, 0)).filter(({ service }) => service === 'work');
    expect(spans.map(({ demandMicros }) => demandMicros)).toEqual([20_000, 20_000, 20_000, 20_000, 20_000]);
    // The rest is what the thread needed before: to start, to receive.
    for (const { cpuMs } of spans) expect(cpuMs).toBeGreaterThan(19);
    expect((await front.counters())?.cpuSeconds).toBeLessThan(0.05);
  });

  test('a part is used before the first call and the rest after the last, and after a failed call none', async () => {
    const application = frontAndWork({ changes: { cpuFirstShare: 0.25 } });
    const [, work] = application.services;
    const ask100ms = operationOf('ask', { micros: 100_000, steps: [call('work', 'do')] });
    const services = [serviceOf('front', 'front', [ask100ms]), ...(work ? [work] : [])];
    const rig = await TwinRig.open({ ...application, services });
    const front = await rig.start('front');
    expect(await ask(front.port, '/ask')).toEqual({ status: 500, body: 'A call of the application failed' });
    const first = (await front.counters())?.cpuSeconds ?? 0;
    expect(first).toBeGreaterThan(0.0249);
    expect(first).toBeLessThan(0.1);
    await rig.start('work');
    expect((await ask(front.port, '/ask')).status).toBe(200);
    expect((await front.counters())?.cpuSeconds ?? 0).toBeGreaterThan(first + 0.0999);
  });

  test('include what the program itself needs, unless that is more', async () => {
    const own = await cpuMicrosPerRequest(0);
    for (const [service, micros] of await cpuMicrosPerRequest(2000)) {
      const ownMicros = own.get(service) ?? 0;
      expect(ownMicros).toBeGreaterThan(5);
      expect(micros - 2000).toBeLessThan(ownMicros / 2);
      expect(micros).toBeGreaterThan(1990);
    }
  });

  test('are not lowered by what the thread did for requests that are none of the application', async () => {
    const rig = await TwinRig.open(frontAlone(20_000));
    const front = await rig.start('front');
    const agent = oneConnection();
    for (let index = 0; index < 500; index++) expect((await ask(front.port, '/missing', { agent })).status).toBe(404);
    expect(await cpuMsOfNext(rig, front, agent)).toBeGreaterThan(19);
  });

  test('are not lowered by earlier requests that needed more than theirs', async () => {
    const rig = await TwinRig.open(frontAlone(20_000));
    const front = await rig.start('front');
    const agent = oneConnection();
    for (let index = 0; index < 500; index++) expect((await ask(front.port, '/nothing', { agent })).status).toBe(200);
    expect(await cpuMsOfNext(rig, front, agent)).toBeGreaterThan(19);
  });

  test('are not lowered by earlier requests that failed', async () => {
    const rig = await TwinRig.open(
      frontAndWork({ changes: { cpuFirstShare: 0 }, front: { operations: [longAsk] }, micros: 0 }),
    );
    const front = await rig.start('front');
    const agent = oneConnection();
    for (let index = 0; index < 500; index++) expect((await ask(front.port, '/ask', { agent })).status).toBe(500);
    await rig.start('work');
    expect(await cpuMsOfNext(rig, front, agent)).toBeGreaterThan(19);
  });
});

const longAsk = operationOf('ask', { micros: 20_000, steps: [call('work', 'do')] });

/** `/ask` needs so much, `/nothing` nothing. */
function frontAlone(micros: number): Application {
  return applicationOf(
    [serviceOf('front', 'front', [operationOf('ask', { micros }), operationOf('nothing', { micros: 0 })])],
    [endpointOf('/ask', 'front', 'ask'), endpointOf('/nothing', 'front', 'nothing')],
  );
}

/** Kept from request to request, so that one thread answers all. */
function oneConnection(): Agent {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
  });
  return agent;
}

/** Of the front, for the next request that does not fail. */
async function cpuMsOfNext(rig: TwinRig, front: RunningReplica, agent: Agent): Promise<number> {
  const headers = { traceparent: traceParent(7, 7) };
  while ((await ask(front.port, '/ask', { agent, headers })).status !== 200) await delay(10);
  for (;;) {
    const span = (await readSpans(rig.files.spans, 0)).find(({ service, isError }) => service === 'front' && !isError);
    if (span) return span.cpuMs;
    await delay(50);
  }
}

/** Of a front and a service with this demand each, by service. */
async function cpuMicrosPerRequest(micros: number): Promise<ReadonlyMap<string, number>> {
  const front = operationOf('ask', { micros, steps: [call('work', 'do')] });
  const rig = await TwinRig.open(frontAndWork({ front: { operations: [front] }, micros }));
  const replicas = [...(await rig.startAll()).values()];
  const agent = oneConnection();
  const port = replicas[0]?.port ?? 0;
  const send = async (count: number): Promise<readonly number[]> => {
    for (let index = 0; index < count; index++) expect((await ask(port, '/ask', { agent })).status).toBe(200);
    return Promise.all(replicas.map(async (replica) => (await replica.counters())?.cpuSeconds ?? NaN));
  };
  const before = await send(20);
  const after = await send(200);
  return new Map(
    replicas.map(({ service }, index) => [service, ((after[index] ?? NaN) - (before[index] ?? NaN)) * (1e6 / 200)]),
  );
}
