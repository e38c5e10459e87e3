import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { loadApplication } from '../harness/application/load-application.ts';
import { startApplication } from './twin-replicas.ts';
import type { RunningApplication } from './twin-replicas.ts';

/** The whole social network, one replica of each service, without a request. */
export interface IdleGraph {
  readonly processes: number;
  readonly seconds: number;
  /** CPU time of all of them, as a share of one core. */
  readonly cpuShare: number;
  /** The same while each is asked for its counters once a second. */
  readonly askedCpuShare: number;
  /** CPU time of the harness that asks, as a share of one core. */
  readonly harnessCpuShare: number;
  /** Resident memory of a process beyond what the model says: the largest of all, and their sum. */
  readonly mostOwnBytes: number;
  readonly allOwnBytes: number;
  readonly modelBytes: number;
}

const file = 'deathstarbench/social-network.yaml';

export async function measureIdleGraph(cpu: number, seconds: number): Promise<IdleGraph> {
  const loaded = loadApplication({ text: await readFile(file, 'utf8'), fileName: file });
  if (!loaded.ok) throw new Error(`${file} has mistakes.`);
  await using application = await startApplication(loaded.application, String(cpu));
  await delay(1000);
  const idle = await cpuShares(application, async () => {
    await delay(seconds * 1000);
  });
  const asked = await cpuShares(application, async () => {
    for (let second = 0; second < seconds; second++) {
      await application.counters();
      await delay(1000);
    }
  });
  const owns = await Promise.all(
    loaded.application.services.map(
      async ({ name, memory }) => (await residentBytes(application.replicas.get(name)?.pid)) - memory.baseBytes,
    ),
  );
  return {
    processes: owns.length,
    seconds,
    cpuShare: idle.replicas,
    askedCpuShare: asked.replicas,
    harnessCpuShare: asked.harness,
    mostOwnBytes: Math.max(...owns),
    allOwnBytes: sum(owns),
    modelBytes: sum(loaded.application.services.map(({ memory }) => memory.baseBytes)),
  };
}

/** Shares of one core while something is done. */
async function cpuShares(
  application: RunningApplication,
  act: () => Promise<void>,
): Promise<{ readonly replicas: number; readonly harness: number }> {
  const before = await application.counters();
  const [startMs, start] = [performance.now(), process.cpuUsage()];
  await act();
  const elapsedSeconds = (performance.now() - startMs) / 1000;
  const { user, system } = process.cpuUsage(start);
  const after = await application.counters();
  const used = [...after].map(([name, { cpuSeconds }]) => cpuSeconds - (before.get(name)?.cpuSeconds ?? NaN));
  return { replicas: sum(used) / elapsedSeconds, harness: (user + system) / 1e6 / elapsedSeconds };
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
