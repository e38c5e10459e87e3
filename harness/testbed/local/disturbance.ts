import { readFileSync } from 'node:fs';
import { messageOf } from '../../core/all-errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { ChildExit, ProcessRunner } from '../../core/process.ts';
import type { TrialEvidence } from '../../telemetry/evidence.ts';
import type { ResourceGroup } from './resource-group.ts';
import { boundTo, entering, notStarted, startWorkload } from './workload.ts';

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
  readonly group: ResourceGroup;
  /** CPUs that it is bound to, such as `0`; null for any. */
  readonly cpus: string | null;
  readonly threads: number;
}

/**
 * Either program is judged alike: threads that the system refuses are missing in the evidence, which is the arm's own doing.
 * @throws HarnessError `testbed-failed` with its last words if the program cannot be run at all
 */
export async function startDisturbance(options: DisturbanceOptions, signal: AbortSignal): Promise<Disturbance> {
  signal.throwIfAborted();
  return options.stress === null ? startSpinner(options, signal) : startStress(options, options.stress, signal);
}

async function startSpinner(
  { runner, clock, workload, group, cpus, threads }: DisturbanceOptions,
  signal: AbortSignal,
): Promise<Disturbance> {
  const spin = ['spin', '--threads', String(threads), ...entering(group.processesFiles)];
  const args = boundTo(cpus, workload, spin);
  const spinner = await startWorkload({ runner, clock }, workload, args, signal);
  // Its main thread waits for input and does not spin.
  const alive = (): number => Math.max(0, group.cpu.threads().length - 1);
  const started = alive();
  return {
    evidence: () => ({ program: 'spinner', wanted: threads, started, alive: alive() }),
    [Symbol.asyncDispose]: () => spinner[Symbol.asyncDispose](),
  };
}

const startWithinMs = 3000;
/** How `scalelab-workload exec` says that it could not enter the cgroup, and that it could not run the program. */
const cannotRunStatuses: readonly (number | null)[] = [3, 127];

async function startStress(
  { runner, clock, workload, group, cpus, threads }: DisturbanceOptions,
  stress: string,
  signal: AbortSignal,
): Promise<Disturbance> {
  const exec = ['exec', ...entering(group.processesFiles), '--', stress, '--cpu', String(threads)];
  const args = boundTo(cpus, workload, exec);
  const child = await runner(workload, args).catch((cause: unknown) => {
    throw notStarted(workload, args, messageOf(cause), cause);
  });
  // One process of that name is the parent of the workers and waits for them.
  const alive = (): number => Math.max(0, group.cpu.processes().filter(isStress).length - 1);
  const deadlineMs = clock.nowMs() + startWithinMs;
  try {
    let exit: ChildExit | null = null;
    while (exit === null && alive() < threads && clock.nowMs() < deadlineMs) {
      exit = await Promise.race([child.exited, clock.sleep(5, signal).then(() => null)]);
    }
    if (exit !== null && cannotRunStatuses.includes(exit.exitCode)) {
      throw notStarted(workload, args, exit.stderrTail.trim());
    }
  } catch (error) {
    await child.stop();
    throw error;
  }
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
