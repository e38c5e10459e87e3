import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findProgram } from '../harness/core/find-program.ts';
import { ownGarbageOption } from '../harness/load/built-in/thread-settings.ts';
import { realTimePrefix } from './real-time.ts';

const run = promisify(execFile);

/** What a load generator is asked for. */
export interface LoadTask {
  readonly url: string;
  readonly perSecond: number;
  readonly seconds: number;
  readonly seed: number;
  /** The only one that it may run on. */
  readonly cpu: number;
}

/** What it says of itself, and what it took. */
export interface LoadCost {
  /** Of its process; null if it does not know or cannot be asked. */
  readonly latenessP50Ms: number | null;
  readonly latenessP99Ms: number | null;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly priority: 'real-time' | 'normal';
}

export interface LoadArm {
  readonly name: string;
  /** How it sends, for the reader. */
  readonly kind: string;
  /** False: it has none to be given, and goes as fast as it can. */
  readonly hasRate: boolean;
  /** Why it cannot be measured here; null if it can. */
  missing(): Promise<string | null>;
  measure(task: LoadTask): Promise<LoadCost>;
}

const searchPath = process.env['PATH'] ?? '';

/** The driver under measurement, and others on this machine. */
export function loadArms(): readonly LoadArm[] {
  return [
    driverArm('scalelab', 'built-in', () => null),
    driverArm('k6', 'k6', () => process.env['K6_BIN'] ?? findProgram('k6', searchPath)),
    peerArm(
      'hey',
      'ten connections, each evenly paced and waiting for its answer',
      true,
      ({ url, perSecond, seconds }) => [
        ...['-z', `${seconds}s`, '-c', '10', '-q', String(perSecond / 10)],
        `${url}/read?text=${'x'.repeat(64)}`,
      ],
    ),
    peerArm('wrk', 'ten connections, each as fast as it is answered', false, ({ url, seconds }) => [
      ...['-t', '1', '-c', '10', '-d', `${seconds}s`],
      `${url}/read?text=${'x'.repeat(64)}`,
    ]),
  ];
}

function driverArm(name: string, driver: 'built-in' | 'k6', find: () => string | null): LoadArm {
  return {
    name,
    kind: 'open loop, a Poisson schedule',
    hasRate: true,
    missing: () => {
      const lacks = driver === 'k6' && find() === null;
      return Promise.resolve(lacks ? 'k6 is not on PATH and K6_BIN does not name it' : null);
    },
    async measure({ cpu, ...task }) {
      const order = { ...task, driver, cpus: String(cpu), k6: find(), searchPath };
      const { stdout, cpuSeconds, residentBytes } = await measured(process.execPath, [
        // As the program itself is started.
        ownGarbageOption,
        '--max-semi-space-size=4',
        'bench/load-generator.mjs',
        JSON.stringify(order),
      ]);
      // Our own program prints it.
      const result = JSON.parse(stdout) as Omit<LoadCost, 'residentBytes'> & { death: string | null; notOk: number };
      if (result.death !== null || result.notOk > 0) {
        throw new Error(`${name}: ${result.notOk} requests without success; ${result.death ?? 'it ended by itself'}`);
      }
      // Of k6 all that its process and ours took; of our own threads only what they took since the schedule began.
      return { ...result, cpuSeconds: driver === 'k6' ? cpuSeconds : result.cpuSeconds, residentBytes };
    },
  };
}

function peerArm(
  name: string,
  kind: string,
  hasRate: boolean,
  argumentsFor: (task: LoadTask) => readonly string[],
): LoadArm {
  return {
    name,
    kind,
    hasRate,
    missing: () =>
      Promise.resolve(
        findProgram(name, searchPath) === null ? `${name} is not on this machine (package ${name})` : null,
      ),
    async measure(task) {
      const bound = ['--cpu-list', String(task.cpu)];
      const prefix = await realTimePrefix();
      const program = [...prefix, name, ...argumentsFor(task)];
      const { cpuSeconds, residentBytes } = await measured('taskset', [...bound, ...program]);
      const priority = prefix.length > 0 ? 'real-time' : 'normal';
      return { latenessP50Ms: null, latenessP99Ms: null, cpuSeconds, residentBytes, priority };
    },
  };
}

interface Measured {
  readonly stdout: string;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

/** CPU time includes what its children took, memory is that of the largest. */
async function measured(file: string, args: readonly string[]): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'scalelab-bench-'));
  try {
    const usage = join(folder, 'usage');
    const { stdout } = await run('build/native/scalelab-run-measured', [usage, file, ...args], { maxBuffer: 1e7 });
    const [micros = NaN, kibibytes = NaN] = readFileSync(usage, 'utf8').split(' ').map(Number);
    return { stdout, cpuSeconds: micros / 1e6, residentBytes: kibibytes * 1024 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
