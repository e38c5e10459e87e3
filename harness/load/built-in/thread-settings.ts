import { readFileSync } from 'node:fs';
import { HarnessError } from '../../core/errors.ts';
import { findProgram } from '../../core/find-program.ts';
import type { ProcessRunner } from '../../core/process.ts';
import { whyCommandFails } from '../../core/why-command-fails.ts';

export interface ThreadPriority {
  readonly priority: 'real-time' | 'normal';
  /** Why not real-time; null if it is. */
  readonly priorityNote: string | null;
}

/**
 * Binds threads to CPUs. @param cpus such as `1` or `0-3`
 * @throws HarnessError `load-failed`
 */
export async function bindThreads(
  runner: ProcessRunner,
  systemPath: string,
  threadIds: readonly number[],
  cpus: string,
): Promise<void> {
  for (const threadId of threadIds) {
    const reason = await whyNot(runner, systemPath, 'taskset', ['--cpu-list', '--pid', cpus, String(threadId)]);
    if (reason !== null) {
      throw new HarnessError('load-failed', `The load generator cannot be bound to CPU ${cpus}: ${reason}`, {
        hint: 'The program taskset (of util-linux) binds it; these CPUs must be there, and allowed to the harness.',
      });
    }
  }
}

/**
 * Makes V8 collect garbage in the thread that made it. Otherwise the sweeper of a thread asks again and again whether its helper, which has
 * normal priority, is done; where the thread has real-time priority and the one CPU of both, it sends late for a whole second, until the
 * kernel takes the CPU from it (sched_rt_runtime_us).
 */
export const ownGarbageOption = '--single-threaded-gc';

/**
 * SCHED_RR 1 for threads, where the system grants it: not without the privilege, and with RT_GROUP_SCHED only to threads in the root
 * group of the cpu controller. @param nodeOptions with which this process was started
 */
export async function giveRealTime(
  runner: ProcessRunner,
  systemPath: string,
  threadIds: readonly number[],
  nodeOptions: readonly string[],
): Promise<ThreadPriority> {
  if (!nodeOptions.includes(ownGarbageOption))
    return { priority: 'normal', priorityNote: `Node was started without ${ownGarbageOption}` };
  for (const threadId of threadIds) {
    // What a thread with it starts does not inherit it.
    const options = ['--reset-on-fork', '--rr', '--pid', '1', String(threadId)];
    const reason = await whyNot(runner, systemPath, 'chrt', options);
    if (reason !== null) return { priority: 'normal', priorityNote: `${reason}${groupNote(threadId)}` };
  }
  return { priority: 'real-time', priorityNote: null };
}

function groupNote(threadId: number): string {
  try {
    const lines = readFileSync(`/proc/self/task/${threadId}/cgroup`, 'utf8').split('\n');
    const group = lines
      .map((line) => /^\d+:([^:]*):(.*)$/.exec(line))
      .find((match) => match?.[1]?.split(',').includes('cpu'));
    return group?.[2] === undefined || group[2] === '/' ? '' : ` (in the cpu group ${group[2]})`;
  } catch {
    return '';
  }
}

async function whyNot(
  runner: ProcessRunner,
  systemPath: string,
  program: string,
  args: readonly string[],
): Promise<string | null> {
  const file = findProgram(program, systemPath);
  return file === null ? `no program ${program} on PATH` : whyCommandFails(runner, [file, ...args]);
}
