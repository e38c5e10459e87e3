import { spawnSync } from 'node:child_process';
import { Agent } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readSpans } from '../../../deathstarbench/client/read-spans.ts';
import { buildRequest } from '../../../harness/application/build-request.ts';
import { applicationOf, ask, traceParent, TwinRig, whyNoTwin } from '../twin-rig.ts';
import type { RunningReplica } from '../twin-rig.ts';

const application = {
  ...applicationOf('deathstarbench/social-network.yaml'),
  cpuScale: 0.01,
};
/** Much of what is scaled and restarted here is called by others in parallel steps, and calls others. */
const scaled = ['text-service', 'post-storage-service', 'user-timeline-service', 'social-graph-service'];

/** Requests of all endpoints and of none, on kept and fresh connections, until it is told to stop. */
function load(port: number): { stop(): Promise<readonly number[]> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 6 });
  onTestFinished(() => {
    agent.destroy();
  });
  const statuses: number[] = [];
  let isOver = false;
  let next = 0;
  const one = async (): Promise<void> => {
    while (!isOver) {
      const index = next++;
      const { method, path, body } = buildRequest(application, index % application.endpoints.length, index);
      const asked = {
        method,
        headers: { traceparent: traceParent(index, index, index % 2 === 0) },
        ...(index % 5 === 0 ? {} : { agent }),
        ...(body === null ? {} : { body }),
      };
      statuses.push((await ask(port, index % 17 === 0 ? '/missing' : path, asked)).status);
    }
  };
  const all = Promise.all(Array.from({ length: 10 }, one));
  return {
    stop: async () => {
      isOver = true;
      await all;
      return statuses;
    },
  };
}

function sendNonsense(port: number): Promise<void> {
  return new Promise((resolve) => {
    const bytes = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 37) % 256));
    const socket = connect(port, '127.0.0.1', () => socket.end(bytes));
    socket.resume().on('error', () => undefined);
    socket.on('close', () => {
      resolve();
    });
  });
}

/** Ready to run, or why not. */
function build(target: string): { readonly program: string; readonly whyNot: string | null } {
  const program = `build/native/scalelab-twin-${target}`;
  const made = spawnSync('make', ['-C', 'deathstarbench/twin', target], { encoding: 'utf8' });
  if (/cannot find .*libclang_rt|clang: not found/.test(made.stderr)) {
    return { program, whyNot: 'the sanitizers of clang are not installed' };
  }
  expect(made.status, made.stderr).toBe(0);
  const tried = spawnSync(program, ['check', '--model', 'test/deathstarbench/twin/seeds/model/echo'], {
    encoding: 'utf8',
  });
  // Some kernels put memory where this sanitizer has its own.
  if (tried.stderr.includes('unexpected memory mapping')) return { program, whyNot: tried.stderr };
  expect(tried).toMatchObject({ status: 0, stderr: '' });
  return { program, whyNot: null };
}

describe.skipIf(whyNoTwin() !== null)('under sanitizers', () => {
  test.for([
    ['addresses and undefined behaviour', 'sanitized'],
    ['threads', 'thread-sanitized'],
  ] as const)(
    'of %s: the social network is scaled, killed, confused and ended under load, and nothing is found',
    { timeout: 180_000 },
    async ([, target], context) => {
      const { program, whyNot } = build(target);
      if (whyNot !== null) context.skip(whyNot);
      const rig = await TwinRig.open(application, program);
      const replicas = await rig.startAll();
      const all: RunningReplica[] = [...replicas.values()];
      const front = replicas.get('nginx-thrift');
      const loaded = load(front?.port ?? 0);
      for (const service of scaled) {
        const first = replicas.get(service);
        if (first === undefined) throw new Error(`no ${service}`);
        const second = await rig.start(service, `${service}-2`);
        all.push(second);
        await sendNonsense(second.port);
        await rig.unregister(first);
        first.drain();
        await first.exited;
      }
      const before = await loaded.stop();
      // Nothing was killed so far.
      expect([...new Set(before)].toSorted((a, b) => a - b)).toEqual([200, 404]);
      const again = load(front?.port ?? 0);
      const killed = replicas.get('post-storage-memcached');
      killed?.kill();
      await delay(300);
      expect(new Set(await again.stop())).toContain(500);
      await sendNonsense(front?.port ?? 0);
      await rig.publish([]);
      for (const replica of all) replica.drain();
      for (const replica of all) {
        const { exitCode, stderrTail } = await replica.exited;
        const expected = { stderrTail: '', exitCode: replica === killed ? null : 0 };
        expect({ stderrTail, exitCode }, replica.replica).toEqual(expected);
      }
      expect((await readSpans(rig.files.spans, 0)).length).toBeGreaterThan(100);
    },
  );
});
