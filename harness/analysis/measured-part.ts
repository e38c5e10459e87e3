import type { Plan } from '../plan/plan.ts';
import type { Sample } from '../telemetry/sample.ts';

/** Is the sample after the warm-up? Its middle decides, since samples come a little after they are due. */
export function isMeasured(plan: Plan, sample: Sample): boolean {
  return sample.atMs - sample.intervalMs / 2 > plan.warmupMs;
}
