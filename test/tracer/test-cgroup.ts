import { mkdirSync, readFileSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { findCpuHierarchy } from '../../tracer/client/cpu-hierarchy.ts';

/** A cgroup of this test run, below the root of the hierarchy that has the cpu controller. */
export interface TestCgroup extends AsyncDisposable {
  /** As the tracer names it. */
  readonly id: string;
  /** For the workload program. */
  readonly procsFile: string;
  throttling(): Throttling;
}

/** The kernel's own account of throttling in a cgroup. */
export interface Throttling {
  readonly times: number;
  readonly seconds: number;
}

export interface TestCgroupOptions {
  readonly name: string;
  readonly quota?: { readonly shareOfOneCpu: number; readonly periodMs: number };
  /** The largest weight there is: whenever it may run, it is next. */
  readonly isHeavy?: boolean;
}

const hierarchy = findCpuHierarchy(
  readFileSync('/proc/self/mounts', 'utf8'),
  readFileSync('/proc/self/cgroup', 'utf8'),
);

/** Why none can be made here, or null. */
export function whyNoTestCgroups(): string | null {
  if (process.getuid?.() !== 0) return 'not root';
  if (hierarchy === null) return 'no cgroup hierarchy with the cpu controller is mounted';
  if (hierarchy.version === 1) return null;
  try {
    writeFileSync(`${hierarchy.mountPoint}/cgroup.subtree_control`, '+cpu');
    return null;
  } catch (error) {
    return `the cpu controller cannot be enabled below ${hierarchy.mountPoint}: ${String(error)}`;
  }
}

export function makeTestCgroup(options: TestCgroupOptions): TestCgroup {
  if (hierarchy === null) throw new Error('asked for a cgroup although there are none');
  const directory = `${hierarchy.mountPoint}/scalelab-test-${process.pid}-${options.name}`;
  mkdirSync(directory);
  for (const [file, value] of Object.entries(settings(hierarchy.version, options))) {
    writeFileSync(`${directory}/${file}`, value);
  }
  return {
    id: statSync(directory, { bigint: true }).ino.toString(),
    procsFile: `${directory}/cgroup.procs`,
    throttling: () => parseThrottling(readFileSync(`${directory}/cpu.stat`, 'utf8')),
    [Symbol.asyncDispose]: () => removeCgroup(directory),
  };
}

function settings(version: 1 | 2, { quota, isHeavy }: TestCgroupOptions): Readonly<Record<string, string>> {
  const periodMicros = (quota?.periodMs ?? 0) * 1000;
  const quotaMicros = periodMicros * (quota?.shareOfOneCpu ?? 0);
  if (version === 1) {
    return {
      ...(quota ? { 'cpu.cfs_period_us': String(periodMicros), 'cpu.cfs_quota_us': String(quotaMicros) } : {}),
      ...(isHeavy === true ? { 'cpu.shares': '262144' } : {}),
    };
  }
  return {
    ...(quota ? { 'cpu.max': `${quotaMicros} ${periodMicros}` } : {}),
    ...(isHeavy === true ? { 'cpu.weight': '10000' } : {}),
  };
}

/** `throttled_time` is in nanoseconds on v1, `throttled_usec` in microseconds on v2. */
function parseThrottling(text: string): Throttling {
  const fields = new Map(
    text.split('\n').map((line): [string, number] => [line.split(' ')[0] ?? '', Number(line.split(' ')[1])]),
  );
  const nanoseconds = fields.get('throttled_time') ?? (fields.get('throttled_usec') ?? NaN) * 1000;
  return { times: fields.get('nr_throttled') ?? NaN, seconds: nanoseconds / 1e9 };
}

/** A process that has just ended is still in its cgroup for a moment. */
async function removeCgroup(directory: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      rmdirSync(directory);
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await delay(20);
    }
  }
}
