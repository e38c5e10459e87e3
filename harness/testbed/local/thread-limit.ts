import type { Problem } from '../../core/errors.ts';
import type { Plan } from '../../plan/plan.ts';
import { threadsOf } from '../../plan/thread-count.ts';

/** The bound of `--threads` (tracer/workload/options.c). */
const mostThreads = 1024;

/** A multiple of the cores may be more threads than our programs run on a machine with many of them. */
export function checkThreads(plan: Plan, cores: number): Problem[] {
  return plan.arms.flatMap(({ name, disturbances }): Problem[] => {
    const threads = threadsOf(disturbances.cpu, cores);
    if (threads <= mostThreads) return [];
    const message = `The arm ${name} asks for ${threads} busy threads on ${cores} cores, at most ${mostThreads} can be run.`;
    const hint = 'Ask for fewer with `disturbances: { cpu: ... }`.';
    return [{ severity: 'error', code: 'too-many-threads', message, hint }];
  });
}
