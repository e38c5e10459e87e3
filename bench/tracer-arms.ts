import { readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { $ } from 'zx/core';
import { startChild } from '../harness/core/process.ts';

/** What traces the scheduler while a hop is measured. */
export interface TracerArm {
  readonly name: string;
  /** Null if it is on this machine, else what is missing. */
  missing(): Promise<string | null>;
  /** Resolves when it is attached and counting. */
  start(): Promise<RunningTracer>;
}

export interface RunningTracer extends AsyncDisposable {
  /** Null for none. */
  readonly pid: number | null;
}

const helper = 'build/native/scalelab-runq';
const attachDeadlineMs = 10_000;

/**
 * The arms, in the order of the tables. A tracer's own process is kept off the CPU that is measured, where there is another one, so
 * that what is measured is the work that it adds to others.
 */
export function tracerArms(measuredCpu: number, otherCpus: readonly number[]): TracerArm[] {
  const cpuList = otherCpus.length > 0 ? otherCpus.join(',') : String(measuredCpu);
  const nothing: Pick<TracerArm, 'missing' | 'start'> = {
    missing: () => Promise.resolve(null),
    start: () => Promise.resolve({ pid: null, [Symbol.asyncDispose]: () => Promise.resolve() }),
  };
  return [
    { name: 'off', ...nothing },
    { name: 'off again', ...nothing },
    { name: 'scalelab-runq', missing: nothing.missing, start: () => startHelper(cpuList) },
    {
      name: 'runqlat',
      missing: () => findProgram('runqlat', 'package libbpf-tools'),
      start: () => startProgram(['taskset', '-c', cpuList, 'runqlat', '3600'], 'bpf_link', 3),
    },
    {
      name: 'perf sched record',
      missing: () => findProgram('perf', 'package linux-perf'),
      start: () => startPerf(cpuList),
    },
  ];
}

async function startHelper(cpuList: string): Promise<RunningTracer> {
  let onFirstLine: (line: string) => void = () => undefined;
  const firstLine = new Promise<string>((resolve) => {
    onFirstLine = resolve;
  });
  const child = await startChild('taskset', ['-c', cpuList, helper, '--interval-ms', '1000'], { onLine: onFirstLine });
  const first = await Promise.race([firstLine, child.exited.then((exit) => exit.stderrTail)]);
  if (!first.includes('"type":"hello"')) throw new Error(`The tracer could not be started: ${first}`);
  return { pid: child.pid, [Symbol.asyncDispose]: () => child[Symbol.asyncDispose]() };
}

async function startPerf(cpuList: string): Promise<RunningTracer> {
  const data = join(tmpdir(), `scalelab-bench-${process.pid}.perf`);
  const running = await startProgram(
    ['taskset', '-c', cpuList, 'perf', 'sched', 'record', '-q', '-o', data],
    'perf_event',
    1,
  );
  return {
    pid: running.pid,
    async [Symbol.asyncDispose]() {
      await running[Symbol.asyncDispose]();
      await rm(data, { force: true });
      await rm(`${data}.old`, { force: true });
    },
  };
}

/** Starts an outside program and waits until it holds that many kernel objects of that kind: then it is attached. */
async function startProgram(command: readonly string[], kind: string, objects: number): Promise<RunningTracer> {
  // `exec`, so that the process that zx knows is the program and not a shell around it.
  const child = $({ quiet: true, nothrow: true })`exec ${command}`;
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command.join(' ')} was started without a process id.`);
  const deadline = performance.now() + attachDeadlineMs;
  while ((await countObjects(pid, kind)) < objects) {
    if (performance.now() > deadline) {
      await child.kill('SIGKILL');
      throw new Error(`${command.join(' ')} did not attach within 10 s: ${(await child).stderr}`);
    }
    await delay(20);
  }
  // It has opened them all, but perhaps not yet switched the last one on.
  await delay(300);
  return {
    pid,
    async [Symbol.asyncDispose]() {
      await child.kill('SIGINT');
      await child;
    },
  };
}

async function countObjects(pid: number, kind: string): Promise<number> {
  const folder = `/proc/${pid}/fd`;
  const targets = await Promise.all(
    (await readdir(folder).catch(() => [])).map((file) => readlink(join(folder, file)).catch(() => '')),
  );
  return targets.filter((target) => target.startsWith('anon_inode:') && target.includes(kind)).length;
}

async function findProgram(name: string, where: string): Promise<string | null> {
  const { exitCode } = await $({ quiet: true, nothrow: true })`command -v ${name}`;
  return exitCode === 0 ? null : `${name} is not on this machine (${where})`;
}
