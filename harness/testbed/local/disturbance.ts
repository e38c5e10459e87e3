import { readFileSync } from 'node:fs';
import type { Clock } from '../../core/clock.ts';
import type { ProcessRunner } from '../../core/process.ts';
import type { TrialEvidence } from '../../telemetry/evidence.ts';
import type { Cgroup } from './cgroup.ts';
import { startWorkload } from './workload.ts';

/** Busy threads in a cgroup of their own. */
export interface Disturbance extends AsyncDisposable {
  evidence(): TrialEvidence['disturbance'];
}

export interface DisturbanceOptions {
  readonly runner: ProcessRunner;
  readonly clock: Clock;
  /** The program `scalelab-workload`. */
  readonly workload: string;
  /** The program `stress`, or null to spin with our own. */
  readonly stress: string | null;
  readonly cgroup: Cgroup;
  readonly threads: number;
}

export async function startDisturbance(options: DisturbanceOptions): Promise<Disturbance> {
  return options.stress === null ? startSpinner(options) : startStress(options, options.stress);
}

async function startSpinner({ runner, clock, workload, cgroup, threads }: DisturbanceOptions): Promise<Disturbance> {
  const args = ['spin', '--threads', String(threads), '--cgroup-procs', cgroup.processesFile];
  const spinner = await startWorkload({ runner, clock }, workload, args);
  // Its main thread waits for input and does not spin.
  const alive = (): number => Math.max(0, cgroup.threads().length - 1);
  const started = alive();
  return {
    evidence: () => ({ program: 'spinner', wanted: threads, started, alive: alive() }),
    [Symbol.asyncDispose]: () => spinner[Symbol.asyncDispose](),
  };
}

const startWithinMs = 3000;

async function startStress(
  { runner, clock, workload, cgroup, threads }: DisturbanceOptions,
  stress: string,
): Promise<Disturbance> {
  const args = ['exec', '--cgroup-procs', cgroup.processesFile, '--', stress, '--cpu', String(threads)];
  const child = await runner(workload, args);
  // One process of that name is the parent of the workers and waits for them.
  const alive = (): number => Math.max(0, cgroup.processes().filter(isStress).length - 1);
  const deadlineMs = clock.nowMs() + startWithinMs;
  while (alive() < threads && clock.nowMs() < deadlineMs) await clock.sleep(5);
  const started = alive();
  return {
    evidence: () => ({ program: 'stress', wanted: threads, started, alive: alive() }),
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

function isStress(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'stress';
  } catch {
    return false;
  }
}
