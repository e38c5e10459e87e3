import { readFileSync } from 'node:fs';
import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { frontAndWork } from '../small-application.ts';
import { applicationOf, ask, countersWhen, TwinRig, whyNoTwin } from '../twin-rig.ts';

const mebibyte = 1024 * 1024;
/** What a process may need beside what the model says. */
const ownBytes = 3 * mebibyte;

const residentBytes = (pid: number): number =>
  Number(/^VmRSS:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

async function residentWhen(pid: number, isThere: (bytes: number) => boolean): Promise<void> {
  while (!isThere(residentBytes(pid))) await delay(20);
}

describe.skipIf(whyNoTwin() !== null)('memory', () => {
  test('of every replica of the social network is the model’s, and at most 3 MB more', async () => {
    const rig = await TwinRig.open(applicationOf('deathstarbench/social-network.yaml'));
    const replicas = await rig.startAll();
    for (const { name, memory } of rig.application.services) {
      const more = residentBytes(replicas.get(name)?.pid ?? 0) - memory.baseBytes;
      expect(more, name).toBeGreaterThan(0);
      expect(more, name).toBeLessThan(ownBytes);
    }
  });

  test('of a request is held while it is answered, and given back when nobody needs it', async () => {
    const memory = { baseBytes: 0, perRequestBytes: 20 * mebibyte, keptBytes: 0 };
    const rig = await TwinRig.open(frontAndWork({ work: { memory }, micros: 400_000 }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    const answers = Promise.all([1, 2, 3].map(() => ask(front.port, '/ask')));
    await countersWhen(work, ({ inFlight }) => inFlight === 3);
    await residentWhen(work.pid, (bytes) => bytes > 60 * mebibyte);
    await answers;
    await residentWhen(work.pid, (bytes) => bytes < ownBytes);
  });

  test('that requests leave behind is held for ever', async () => {
    const memory = { baseBytes: mebibyte, perRequestBytes: 0, keptBytes: 10_000 };
    const rig = await TwinRig.open(frontAndWork({ work: { memory }, micros: 1 }));
    const front = await rig.start('front');
    const work = await rig.start('work');
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    onTestFinished(() => {
      agent.destroy();
    });
    const askMany = async (): Promise<void> => {
      await Promise.all(Array.from({ length: 500 }, () => ask(front.port, '/ask', { agent })));
    };
    await ask(front.port, '/ask', { agent });
    const before = residentBytes(work.pid);
    await askMany();
    const between = residentBytes(work.pid);
    await askMany();
    const grown = residentBytes(work.pid) - before;
    expect(between - before).toBeGreaterThan(4.5e6);
    expect(grown).toBeGreaterThan(9.5e6);
    expect(grown).toBeLessThan(10e6 + mebibyte);
  });

  test('of many connections is small', async () => {
    const rig = await TwinRig.open(frontAndWork({ front: { mostThreads: 200 } }));
    const front = await rig.start('front');
    await rig.start('work');
    const agent = new Agent({ keepAlive: true, maxSockets: 100 });
    onTestFinished(() => {
      agent.destroy();
    });
    await Promise.all(Array.from({ length: 400 }, () => ask(front.port, '/ask', { agent })));
    expect((await front.counters())?.openConnections).toBeGreaterThan(50);
    expect(residentBytes(front.pid)).toBeLessThan(6 * mebibyte);
  });
});
