import type { ThreadCount } from './plan.ts';

/** How many threads a CPU disturbance runs on a machine of so many cores; 0 without one, and at least one with one. */
export function threadsOf(count: ThreadCount | null, cores: number): number {
  if (count === null) return 0;
  return 'threads' in count ? count.threads : Math.max(1, Math.round(count.timesCores * cores));
}
