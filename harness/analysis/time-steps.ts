import type { Plan } from '../plan/plan.ts';

/** Equal parts of a trial, each of whole samples. */
export interface TimeSteps {
  readonly stepMs: number;
  readonly count: number;
}

/** @param most steps that a figure has room for */
export function timeSteps({ trialMs, sampleMs }: Pick<Plan, 'trialMs' | 'sampleMs'>, most: number): TimeSteps {
  const samples = Math.ceil(trialMs / sampleMs);
  const stepMs = sampleMs * Math.max(1, Math.ceil(samples / most));
  return { stepMs, count: Math.ceil(trialMs / stepMs) };
}

/** Those of the series of waits: a sample each, as long as their points can be told apart. */
export const seriesSteps = (plan: Pick<Plan, 'trialMs' | 'sampleMs'>): TimeSteps => timeSteps(plan, 100);

/** The step that an instant falls into, or null if it is not in the trial. */
export function stepOf({ stepMs, count }: TimeSteps, atMs: number): number | null {
  const step = Math.floor(atMs / stepMs);
  return step >= 0 && step < count ? step : null;
}
