import { mixWeights } from '../application/mix-weights.ts';
import type { ArrivalSchedule } from '../load/arrival-schedule.ts';
import { makeSchedule } from '../load/make-schedule.ts';
import type { Plan, PlannedLoad } from '../plan/plan.ts';

/** The arrivals of a block: the same for all of its arms, and the same again for the same plan. Null without an application. */
export function blockSchedule(
  { application, trialMs, timeCompression }: Plan,
  load: PlannedLoad | null,
  blockSeed: number,
): ArrivalSchedule | null {
  if (application === null || load === null) return null;
  const weights = mixWeights(application.model, load.mix);
  if (weights === null) throw new Error(`a plan with a mix ${load.mix ?? ''} that its application does not have`);
  return makeSchedule({ load, timeCompression, durationMs: trialMs, seed: blockSeed, weights });
}
