import type { Plan } from '../plan/plan.ts';
import type { Sample } from '../telemetry/sample.ts';

/**
 * No sample is taken before it is due, but when it is due is told by another clock than the instants in it, which are besides
 * differences of two readings: what begins with the end of the warm-up may seem to begin a little before.
 */
const clockGrainMs = 1;

/** Did the sample begin after the warm-up? One that began before and came late holds some of it, and is left out. */
export function isMeasured(
  { warmupMs }: Pick<Plan, 'warmupMs'>,
  { atMs, intervalMs }: Pick<Sample, 'atMs' | 'intervalMs'>,
): boolean {
  return atMs - intervalMs >= warmupMs - clockGrainMs;
}
