import { HarnessError } from '../../core/errors.ts';
import { findProgram } from '../../core/find-program.ts';
import type { ProcessRunner } from '../../core/process.ts';
import { whyCommandFails } from '../../core/why-command-fails.ts';

/** How a program is started: what stands before its command line, and what that gives it. */
export interface Launcher {
  readonly prefix: readonly string[];
  readonly priority: 'real-time' | 'normal';
  /** Why not real-time; null if it is. */
  readonly priorityNote: string | null;
}

/**
 * Bound to CPUs, and then with real-time priority (SCHED_RR 1) where the system grants it. Both are for the whole process, because the
 * threads of k6 cannot be told apart: whoever sends one moment collects garbage the next. Hence no priority without CPUs: on all of them,
 * a k6 that is asked for too much would leave nothing to the application.
 * @param cpus such as `1` or `0-3`; null to leave that to the system
 * @throws HarnessError `load-failed` if it cannot be bound
 */
export async function chooseLauncher(
  runner: ProcessRunner,
  systemPath: string,
  cpus: string | null,
): Promise<Launcher> {
  if (cpus === null) return { prefix: [], priority: 'normal', priorityNote: 'k6 has no CPUs of its own' };
  const bound = [findProgram('taskset', systemPath) ?? 'taskset', '-c', cpus];
  const obstacle = await whyCommandFails(runner, [...bound, 'true']);
  if (obstacle !== null) {
    throw new HarnessError('load-failed', `k6 cannot be bound to CPU ${cpus}: ${obstacle}`, {
      hint: 'The program taskset (of util-linux) binds it; these CPUs must be there, and allowed to the harness.',
    });
  }
  const chrt = findProgram('chrt', systemPath);
  if (chrt === null) return { prefix: bound, priority: 'normal', priorityNote: 'no program chrt on PATH' };
  const realTime = [...bound, chrt, '--rr', '1'];
  const refusal = await whyCommandFails(runner, [...realTime, 'true']);
  return refusal === null
    ? { prefix: realTime, priority: 'real-time', priorityNote: null }
    : { prefix: bound, priority: 'normal', priorityNote: refusal };
}
