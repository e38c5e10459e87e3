import type { Application } from '../application/application.ts';
import { withAssumedDemand } from '../application/assumed-demand.ts';
import { compressTimes } from '../application/compress-times.ts';
import type { Plan, PlannedArm } from './plan.ts';

/** The application as it runs in an arm: its assumed demands, and its times compressed. Null without one. */
export function armApplication(
  { application, timeCompression }: Pick<Plan, 'application' | 'timeCompression'>,
  { assumedDemand }: PlannedArm,
): Application | null {
  if (application === null) return null;
  return compressTimes(withAssumedDemand(application.model, assumedDemand), timeCompression);
}
