import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { ProcessRunner } from '../../core/process.ts';
import { HarnessError } from '../../core/errors.ts';
import { formatCpuList, parseCpuList } from '../../core/cpu-list.ts';

/** CPUs that the calling process may use, whatever keeps it from others. Without /proc only their count is known. */
export function allowedCpus(): readonly number[] {
  const status = readIfThere('/proc/self/status');
  return status === null ? Array.from({ length: availableParallelism() }, (_, cpu) => cpu) : cpusIn(status);
}

/** A thread that begins while the others are moved may be of one that was not yet. */
const mostRounds = 5;

/**
 * Binds every thread of this process to CPUs. By affinity, not by a cpuset: on v2 that would take it out of the root of the cpu
 * controller, outside of which there is no real-time priority on kernels with RT_GROUP_SCHED. What it starts later inherits it.
 * @param taskset the program of util-linux
 * @throws HarnessError `testbed-failed` if that does not work
 */
export async function bindOwnThreads(taskset: string, cpus: readonly number[], runner: ProcessRunner): Promise<void> {
  const list = formatCpuList(cpus);
  let lastWords = '';
  for (let round = 0; round < mostRounds && !areBound(list); round++) {
    const child = await runner(taskset, ['-acp', list, String(process.pid)]);
    // A thread that ends meanwhile is a failure to it; whether all are bound is seen below.
    lastWords = (await child.exited).stderrTail.trim();
  }
  if (areBound(list)) return;
  throw new HarnessError(
    'testbed-failed',
    `The harness cannot be bound to CPUs ${list}: ${lastWords || 'not all of its threads are'}.`,
    {
      hint: 'Run `npx scalelab check` to see which CPUs there are for us.',
    },
  );
}

function areBound(list: string): boolean {
  return readdirSync('/proc/self/task').every((thread) => {
    const status = readIfThere(`/proc/self/task/${thread}/status`);
    return status === null || formatCpuList(cpusIn(status)) === list;
  });
}

function cpusIn(status: string): readonly number[] {
  return parseCpuList(/^Cpus_allowed_list:\s*(.*)$/m.exec(status)?.[1] ?? '') ?? [];
}

function readIfThere(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
