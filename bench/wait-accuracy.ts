import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../harness/core/process.ts';
import { parseLine } from '../tracer/client/line.ts';
import type { Snapshot } from '../tracer/client/line.ts';
import { startWorkloads } from './workloads.ts';
import type { RunningWorkload } from './workloads.ts';

/** The tracer's sum of waits beside the kernel's own `run_delay`, of threads with long waits (tracing.md, 10.1). */
export interface WaitAccuracy {
  readonly threads: number;
  readonly seconds: number;
  readonly waitSeconds: number;
  /** The least and the most that the kernel can have counted between the two snapshots. */
  readonly kernelWaitSeconds: { readonly low: number; readonly high: number };
  /** The larger distance to either end, relative to it. */
  readonly relativeError: number;
}

/** Busy threads, twice as many as CPUs, so that each of them waits half of the time. */
export async function measureAccuracy(threads: number, seconds: number): Promise<WaitAccuracy> {
  // The tracer comes first, so that no thread is without a stamp.
  let onSnapshot: (snapshot: Snapshot) => void = () => undefined;
  await using helper = await startChild('build/native/scalelab-runq', ['--interval-ms', '10000'], {
    onLine: (line) => {
      const message = parseLine(line);
      if (message.type === 'snapshot' && message.reason === 'asked') onSnapshot(message);
    },
  });
  await using running = await startWorkloads([['spin', '--threads', String(threads)]]);
  const workload = running[0];
  if (workload === undefined) throw new Error('The busy threads did not start.');
  /** The kernel is read on both sides of the snapshot: what happens in between widens the bracket. */
  const observe = async () => {
    const before = await kernelWaitSeconds(workload);
    const snapshot = await new Promise<Snapshot>((resolve) => {
      onSnapshot = resolve;
      helper.writeLine('read');
    });
    return { before, waitSeconds: waitSecondsOf(snapshot, workload), after: await kernelWaitSeconds(workload) };
  };
  await delay(500);
  const start = await observe();
  await delay(seconds * 1000);
  const end = await observe();
  const waitSeconds = end.waitSeconds - start.waitSeconds;
  const low = end.before - start.after;
  const high = end.after - start.before;
  return {
    threads,
    seconds,
    waitSeconds,
    kernelWaitSeconds: { low, high },
    relativeError: Math.max(Math.abs(waitSeconds - low) / low, Math.abs(waitSeconds - high) / high),
  };
}

function waitSecondsOf(snapshot: Snapshot, { cgroupId }: RunningWorkload): number {
  const group = snapshot.groups.find(({ id }) => id === cgroupId);
  return group === undefined ? 0 : Number(group.contention.sumNs + group.throttled.sumNs) / 1e9;
}

async function kernelWaitSeconds({ pid, threadIds }: RunningWorkload): Promise<number> {
  const delaysNs = await Promise.all(
    threadIds.map(async (tid) => Number((await readFile(`/proc/${pid}/task/${tid}/schedstat`, 'utf8')).split(' ')[1])),
  );
  return delaysNs.reduce((sum, ns) => sum + ns, 0) / 1e9;
}
