import { readFileSync } from 'node:fs';
import { slotBoundsNs } from '../../harness/telemetry/wait-slots.ts';
import { addWaits, difference, noWaits } from '../../tracer/client/difference.ts';
import type { Snapshot } from '../../tracer/client/line.ts';
import { procFiles, readProcessWaits, schedstatDifference } from '../../tracer/client/schedstat.ts';
import type { SchedstatReading } from '../../tracer/client/schedstat.ts';
import type { RunqTracer } from '../../tracer/client/tracer.ts';
import type { TestCgroup, Throttling } from './test-cgroup.ts';

/** A cgroup with one process in it, watched by the tracer and by the kernel. */
export interface Subject {
  readonly name: string;
  readonly cgroup: TestCgroup;
  readonly pid: number;
}

/** The kernel's account of one subject. */
interface KernelReading {
  readonly waits: SchedstatReading;
  readonly throttling: Throttling;
}

/** The kernel's counters right before and right after the tracer's. Where both are the same, nothing happened in between. */
export interface Observation {
  readonly snapshot: Snapshot;
  readonly before: readonly KernelReading[];
  readonly after: readonly KernelReading[];
  readonly switchesBefore: number;
  readonly switchesAfter: number;
}

export async function observe(tracer: RunqTracer, subjects: readonly Subject[]): Promise<Observation> {
  const before = subjects.map(readKernel);
  const switchesBefore = readContextSwitches();
  const snapshot = await tracer.snapshot();
  const switchesAfter = readContextSwitches();
  return { snapshot, before, after: subjects.map(readKernel), switchesBefore, switchesAfter };
}

function readKernel({ pid, cgroup }: Subject): KernelReading {
  return { waits: readProcessWaits([pid], procFiles), throttling: cgroup.throttling() };
}

function readContextSwitches(): number {
  return Number(/^ctxt (\d+)$/m.exec(readFileSync('/proc/stat', 'utf8'))?.[1] ?? NaN);
}

/** The tracer's and the kernel's account of one subject over the same time. */
export interface Account {
  readonly seconds: number;
  readonly count: number;
  readonly waitSeconds: number;
  /** None was longer. */
  readonly longestSeconds: number;
  readonly throttledCount: number;
  readonly throttledSeconds: number;
  readonly kernelCount: number;
  readonly kernelWaitSeconds: number;
  readonly kernelThrottledTimes: number;
  readonly kernelThrottledSeconds: number;
}

export interface Comparison {
  readonly name: string;
  /** All threads of the process, also one that only waits for its end. */
  readonly threads: number;
  /** From the first to the last observation in the middle of which nothing happened to the subject. */
  readonly whole: Account;
  /** The windows of it in which both counted the same switch-ins, so that their sums are about the same waits. */
  readonly agreeing: Account;
}

export function compare(subjects: readonly Subject[], observations: readonly Observation[]): readonly Comparison[] {
  return subjects.map(({ name, cgroup }, index) => {
    const quiet = observations.filter(({ before, after }) => isSame(at(before, index), at(after, index)));
    const windows = quiet.slice(1).map((end, number) => accountOf(cgroup.id, index, at(quiet, number), end));
    return {
      name,
      threads: at(at(observations, 0).after, index).waits.size,
      whole: addAccounts(windows),
      agreeing: addAccounts(windows.filter(({ count, kernelCount }) => count === kernelCount)),
    };
  });
}

function isSame(a: KernelReading, b: KernelReading): boolean {
  const { count, waitSeconds } = schedstatDifference(a.waits, b.waits);
  return count === 0 && waitSeconds === 0 && a.throttling.seconds === b.throttling.seconds;
}

function accountOf(id: string, index: number, start: Observation, end: Observation): Account {
  const interval = difference(start.snapshot, end.snapshot);
  const { contention, throttled } = interval.groups.find((group) => group.id === id) ?? {
    contention: noWaits,
    throttled: noWaits,
  };
  const { count, waitSeconds, slots } = addWaits([contention, throttled]);
  const [from, to] = [at(start.after, index), at(end.before, index)];
  const kernel = schedstatDifference(from.waits, to.waits);
  return {
    seconds: interval.lengthSeconds,
    count,
    waitSeconds,
    longestSeconds: (slotBoundsNs[slots.findLastIndex((waits) => waits > 0) + 1] ?? 0) / 1e9,
    throttledCount: throttled.count,
    throttledSeconds: throttled.waitSeconds,
    kernelCount: kernel.count,
    kernelWaitSeconds: kernel.waitSeconds,
    kernelThrottledTimes: to.throttling.times - from.throttling.times,
    kernelThrottledSeconds: to.throttling.seconds - from.throttling.seconds,
  };
}

function addAccounts(accounts: readonly Account[]): Account {
  const sum = (value: (account: Account) => number): number => accounts.reduce((total, one) => total + value(one), 0);
  return {
    seconds: sum((one) => one.seconds),
    count: sum((one) => one.count),
    waitSeconds: sum((one) => one.waitSeconds),
    longestSeconds: Math.max(0, ...accounts.map((one) => one.longestSeconds)),
    throttledCount: sum((one) => one.throttledCount),
    throttledSeconds: sum((one) => one.throttledSeconds),
    kernelCount: sum((one) => one.kernelCount),
    kernelWaitSeconds: sum((one) => one.kernelWaitSeconds),
    kernelThrottledTimes: sum((one) => one.kernelThrottledTimes),
    kernelThrottledSeconds: sum((one) => one.kernelThrottledSeconds),
  };
}

/** What the tracer missed of the whole machine. */
export interface Coverage {
  readonly lost: number;
  /** Switch-ins without a stamp. */
  readonly unknown: number;
  /** Switches that the kernel counted and the tracer did not see: at least and at most. */
  readonly unseen: number;
  readonly unseenAtMost: number;
  readonly switches: number;
}

export function coverageOf(observations: readonly Observation[]): Coverage {
  const [start, end] = [at(observations, 0), at(observations, observations.length - 1)];
  const { tracer } = difference(start.snapshot, end.snapshot);
  return {
    lost: tracer.lostStorage + tracer.lostGroups + tracer.recursionMisses,
    unknown: tracer.unknown,
    unseen: Math.max(0, end.switchesBefore - start.switchesAfter - tracer.switches),
    unseenAtMost: Math.max(0, end.switchesAfter - start.switchesBefore - tracer.switches),
    switches: tracer.switches,
  };
}

function at<T>(items: readonly T[], index: number): T {
  const item = items[index];
  if (item === undefined) throw new Error(`there is no number ${index} among ${items.length}`);
  return item;
}

/** How much longer the tracer's waits are than the kernel's, per wait. */
export function excessMicrosPerWait({ waitSeconds, kernelWaitSeconds, count }: Account): number {
  return ((waitSeconds - kernelWaitSeconds) * 1e6) / count;
}

/** The table that goes into the documentation. */
export function formatComparisons(comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(({ name, threads, whole, agreeing }) => [
    name,
    String(threads),
    whole.seconds.toFixed(2),
    String(whole.count),
    String(whole.kernelCount),
    agreeing.seconds.toFixed(2),
    agreeing.waitSeconds.toFixed(4),
    agreeing.kernelWaitSeconds.toFixed(4),
    `${((agreeing.waitSeconds / agreeing.kernelWaitSeconds - 1) * 100).toFixed(2)} %`,
    `${excessMicrosPerWait(agreeing).toFixed(2)} µs`,
    agreeing.throttledSeconds.toFixed(4),
    agreeing.kernelThrottledSeconds.toFixed(4),
  ]);
  const head = [
    'cgroup',
    'threads',
    's',
    'switch-ins',
    'time slices',
    's agreeing',
    'wait s',
    'run_delay s',
    'difference',
    'per wait',
    'throttled s',
    'cpu.stat s',
  ];
  const widths = head.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  return [head, widths.map((width) => '-'.repeat(width)), ...rows]
    .map((row) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}
