import type { Plan } from '../plan/plan.ts';
import type { Sample } from '../telemetry/sample.ts';

/**
 * Did the sample begin after the warm-up? One that began before and came late holds some of it, and is left out. Half a sample is
 * allowed for, because none begins at exactly its instant.
 */
export function isMeasured(plan: Plan, { atMs, intervalMs }: Sample): boolean {
  return atMs - intervalMs + plan.sampleMs / 2 > plan.warmupMs;
}
