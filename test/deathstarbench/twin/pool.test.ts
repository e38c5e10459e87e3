import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ConnectionPool } from '../../../harness/application/application.ts';
import { readSpans } from '../../../deathstarbench/client/read-spans.ts';
import {
  applicationOf,
  call,
  endpointOf,
  frontAndWork,
  lastingPool,
  operationOf,
  serviceOf,
} from '../small-application.ts';
import { ask, countersWhen, traceParent, TwinRig, whyNoTwin } from '../twin-rig.ts';
import type { RunningReplica } from '../twin-rig.ts';

const keepAlive = (sockets: number): Agent => {
  const agent = new Agent({ keepAlive: true, maxSockets: sockets });
  onTestFinished(() => {
    agent.destroy();
  });
  return agent;
};

/** So many requests, four at a time. */
async function askMany(front: RunningReplica, requests: number, agent = keepAlive(4)): Promise<readonly number[]> {
  const answers = await Promise.all(Array.from({ length: requests }, () => ask(front.port, '/ask', { agent })));
  return answers.map(({ status }) => status);
}

const requestsOf = async (replica: RunningReplica): Promise<number> => (await replica.counters())?.requests ?? -1;

const pools = {
  'as nginx has it, never ages': { connections: 64, waitMs: 5000, maxAgeMs: null, maxIdleMs: 10_000 },
  'as the C++ services have it, ages': { connections: 64, waitMs: 5000, maxAgeMs: 300, maxIdleMs: null },
} satisfies Readonly<Record<string, ConnectionPool>>;

describe.skipIf(whyNoTwin() !== null)('connections to called services', () => {
  test.for(Object.entries(pools))(
    'a replica that is added later gets traffic only if the pool %s',
    async ([, pool]) => {
      const rig = await TwinRig.open(frontAndWork({ front: { pool } }));
      const front = await rig.start('front');
      const first = await rig.start('work', 'work-1');
      // One after the other, so that a single connection is enough for them.
      const agent = keepAlive(1);
      expect(new Set(await askMany(front, 100, agent))).toEqual(new Set([200]));
      const second = await rig.start('work', 'work-2');
      const before = await requestsOf(first);
      // Under steady load: no connection is unused for long.
      const end = performance.now() + 1500;
      let asked = 0;
      while (performance.now() < end) {
        expect(new Set(await askMany(front, 20, agent))).toEqual(new Set([200]));
        asked += 20;
      }
      const share = (await requestsOf(second)) / asked;
      expect((await requestsOf(first)) - before + (await requestsOf(second))).toBe(asked);
      if (pool.maxAgeMs === null) expect(share).toBe(0);
      else expect(share).toBeGreaterThan(0.2);
    },
  );

  test('that were unused for too long are dropped, so that then the new replica gets its share', async () => {
    const rig = await TwinRig.open(frontAndWork({ front: { pool: { ...lastingPool, maxIdleMs: 100 } } }));
    const front = await rig.start('front');
    const first = await rig.start('work', 'work-1');
    await askMany(front, 20);
    const second = await rig.start('work', 'work-2');
    for (let round = 0; round < 8; round++) {
      await delay(150);
      await ask(front.port, '/ask');
    }
    expect([await requestsOf(first), await requestsOf(second)].toSorted((a, b) => a - b)).toEqual([4, 24]);
  });

  test('new ones take the replicas in turn', async () => {
    const rig = await TwinRig.open(frontAndWork({ front: { pool: { ...lastingPool, maxAgeMs: 0.001 } } }));
    const front = await rig.start('front');
    const replicas = await Promise.all(['work-1', 'work-2', 'work-3'].map((name) => rig.start('work', name)));
    await rig.publish(replicas.map(({ service, replica, port }) => ({ service, replica, port })));
    await askMany(front, 90);
    expect(await Promise.all(replicas.map(requestsOf))).toEqual([30, 30, 30]);
  });

  test('are limited: who finds none waits, and fails when that takes too long', async () => {
    const pool = { connections: 1, waitMs: 150, maxAgeMs: null, maxIdleMs: null };
    const rig = await TwinRig.open(frontAndWork({ front: { pool }, micros: 100_000 }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    const answers = Array.from({ length: 5 }, () => ask(front.port, '/ask'));
    const busy = await countersWhen(front, ({ queuedForConnection }) => queuedForConnection > 0);
    expect(busy).toMatchObject({ busyConnections: 1 });
    const statuses = (await Promise.all(answers)).map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses[0]).toBe(200);
    expect(statuses.at(-1)).toBe(500);
    expect((await work.counters())?.openConnections).toBe(1);
    expect(await front.counters()).toMatchObject({ busyConnections: 0, queuedForConnection: 0, inFlight: 0 });
  });

  test('calls of one step to one service share what there is, in turn if need be, and never wait for each other', async () => {
    const parallel = { kind: 'parallel' as const, calls: new Array(4).fill({ service: 'work', operation: 'do' }) };
    const pool = { connections: 1, waitMs: 5000, maxAgeMs: null, maxIdleMs: null };
    const application = applicationOf(
      [
        serviceOf('front', 'front', [operationOf('ask', { steps: [parallel] })], { pool }),
        serviceOf('work', 'service', [operationOf('do', { micros: 2000, replyBytes: 100_000 })]),
      ],
      [endpointOf('/ask', 'front', 'ask')],
    );
    const rig = await TwinRig.open(application);
    const front = await rig.start('front');
    const work = await rig.start('work');
    expect(await askMany(front, 12)).toEqual(new Array(12).fill(200));
    expect(await requestsOf(work)).toBe(48);
    expect((await work.counters())?.openConnections).toBe(1);
  });

  test('calls of one step are under way at the same time', async () => {
    const calls = ['a', 'b', 'c'].map((service) => ({ service, operation: 'do' }));
    const application = applicationOf(
      [
        serviceOf('front', 'front', [operationOf('ask', { steps: [{ kind: 'parallel', calls }] })]),
        ...calls.map(({ service }) => serviceOf(service, 'service', [operationOf('do', { micros: 60_000 })])),
      ],
      [endpointOf('/ask', 'front', 'ask')],
    );
    const rig = await TwinRig.open(application);
    const front = await rig.start('front');
    const called = await Promise.all(calls.map(({ service }) => rig.start(service)));
    await rig.publish(called.map(({ service, replica, port }) => ({ service, replica, port })));
    const answer = ask(front.port, '/ask', { headers: { traceparent: traceParent(0, 1) } });
    await Promise.all(called.map((replica) => countersWhen(replica, ({ inFlight }) => inFlight === 1)));
    expect((await answer).status).toBe(200);
    await delay(600);
    const spans = await readSpans(rig.files.spans, 0);
    const latestStart = Math.max(...spans.map(({ startMs }) => startMs));
    expect(spans.every(({ endMs }) => endMs > latestStart)).toBe(true);
  });

  test('time spent waiting for a connection and for the answer are told apart', async () => {
    const pool = { connections: 1, waitMs: 5000, maxAgeMs: null, maxIdleMs: null };
    const rig = await TwinRig.open(frontAndWork({ front: { pool }, micros: 50_000 }));
    const front = await rig.start('front');
    await rig.start('work');
    await Promise.all(
      [0, 1, 2].map((index) => ask(front.port, '/ask', { headers: { traceparent: traceParent(index, 1) } })),
    );
    await delay(600);
    const spans = (await readSpans(rig.files.spans, 0)).filter(({ service }) => service === 'front');
    const waits = spans.map(({ connectionMs }) => connectionMs).toSorted((a, b) => a - b);
    expect(waits[0]).toBeLessThan(45);
    expect(waits[2]).toBeGreaterThan(90);
    for (const { downstreamMs, connectionMs, startMs, endMs } of spans) {
      expect(downstreamMs).toBeGreaterThan(49);
      expect(downstreamMs + connectionMs).toBeLessThanOrEqual(endMs - startMs);
    }
  });

  test('a service has no more threads than the model says; who comes then waits, and is served', async () => {
    const rig = await TwinRig.open(frontAndWork({ work: { mostThreads: 2 }, micros: 100_000 }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    const answers = Promise.all(Array.from({ length: 6 }, () => ask(front.port, '/ask')));
    // Before the first is done, so that each has a connection of its own.
    await countersWhen(front, ({ busyConnections }) => busyConnections === 6);
    // The two that were served keep their connections, unused, and with them the threads.
    await countersWhen(front, ({ requests, inFlight }) => requests === 2 && inFlight === 4);
    expect(await work.counters()).toMatchObject({ openConnections: 2, requests: 2 });
    // Without a replica to call they are closed.
    await rig.publish([]);
    expect((await answers).map(({ status }) => status)).toEqual(new Array(6).fill(200));
  });

  test('nothing of an idle graph asks for the CPU', async () => {
    const steps = [call('work', 'do')];
    const rig = await TwinRig.open(
      applicationOf(
        [
          serviceOf('front', 'front', [operationOf('ask', { steps })]),
          serviceOf('work', 'service', [operationOf('do')]),
        ],
        [endpointOf('/ask', 'front', 'ask')],
      ),
    );
    const replicas = [await rig.start('front'), await rig.start('work')];
    await ask(replicas[0]?.port ?? 0, '/ask');
    await delay(300);
    const before = await Promise.all(replicas.map((replica) => replica.counters()));
    const switches = await Promise.all(replicas.map(({ pid }) => voluntarySwitches(pid)));
    await delay(1500);
    expect(await Promise.all(replicas.map(({ pid }) => voluntarySwitches(pid)))).toEqual(switches);
    const after = await Promise.all(replicas.map((replica) => replica.counters()));
    expect(after.map((counters) => counters?.requests)).toEqual(before.map((counters) => counters?.requests));
  });
});

async function voluntarySwitches(pid: number): Promise<number> {
  const { readdir, readFile } = await import('node:fs/promises');
  let sum = 0;
  for (const thread of await readdir(`/proc/${pid}/task`)) {
    const status = await readFile(`/proc/${pid}/task/${thread}/status`, 'utf8');
    sum += Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
  }
  return sum;
}
