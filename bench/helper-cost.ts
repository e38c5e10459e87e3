import { setTimeout as delay } from 'node:timers/promises';
import { startChild } from '../harness/core/process.ts';
import { parseLine } from '../tracer/client/line.ts';
import type { Snapshot } from '../tracer/client/line.ts';
import { startWorkloads } from './workloads.ts';

/** What the tracer's helper uses in user space, at one snapshot a second. */
export interface HelperCost {
  readonly cgroups: number;
  readonly seconds: number;
  /** CPU time of the helper, its system calls included, as a share of one core. */
  readonly cpuShare: number;
  /** The largest that was seen. */
  readonly residentBytes: number;
  /** CPU time until it had attached. */
  readonly startCpuSeconds: number;
  /** Switches and wakeups that it saw a second. */
  readonly eventsPerSecond: number;
  /** Whatever it lost: storage, groups, recursion. */
  readonly lost: number;
}

/** Runs it beside as many cgroups, each with a sleeper of its own in it. */
export async function measureHelper(cgroups: number, seconds: number): Promise<HelperCost> {
  await using busy = await startWorkloads(
    Array.from({ length: cgroups }, () => ['sleeper', '--sleep-micros', '10000', '--work-micros', '50']),
  );
  const snapshots: Snapshot[] = [];
  await using helper = await startChild('build/native/scalelab-runq', ['--interval-ms', '1000'], {
    onLine: (line) => {
      const message = parseLine(line);
      if (message.type === 'snapshot') snapshots.push(message);
    },
  });
  // One more, because the first and the last one are the ends.
  await delay((seconds + 1.5) * 1000);
  await helper.stop();
  const [first, last] = [snapshots[0], snapshots[seconds]];
  if (first === undefined || last === undefined) throw new Error('The tracer gave too few snapshots.');
  const sleepers = last.groups.filter(({ id }) => busy.some((one) => one.cgroupId === id));
  if (sleepers.length !== cgroups) throw new Error(`Only ${sleepers.length} of ${cgroups} cgroups were seen.`);
  const micros = (snapshot: Snapshot): number => snapshot.userMicros + snapshot.systemMicros;
  const events = (snapshot: Snapshot): number => snapshot.switches + snapshot.wakeups;
  const elapsedSeconds = Number(last.monotonicNs - first.monotonicNs) / 1e9;
  return {
    cgroups,
    seconds: elapsedSeconds,
    cpuShare: (micros(last) - micros(first)) / 1e6 / elapsedSeconds,
    residentBytes: Math.max(...snapshots.map(({ residentBytes }) => residentBytes)),
    startCpuSeconds: micros(first) / 1e6,
    eventsPerSecond: (events(last) - events(first)) / elapsedSeconds,
    lost: last.lostStorage + last.lostGroups + last.recursionMisses,
  };
}
