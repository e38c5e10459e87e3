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
  const { endpoints, mixes } = application.model;
  const mix = mixes.find(({ name }) => name === load.mix) ?? mixes[0];
  const weights = endpoints.map(({ name }) => mix?.weights.find(({ endpoint }) => endpoint === name)?.weight ?? 0);
  return makeSchedule({ load, timeCompression, durationMs: trialMs, seed: blockSeed, weights });
}
