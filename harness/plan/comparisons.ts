import type { Plan } from './plan.ts';

/** The loads a plan compares under, or one null if it has none. */
export function loadsOf(plan: Plan): readonly (string | null)[] {
  return plan.loads.length === 0 ? [null] : plan.loads.map(({ name }) => name);
}

/** m: every hypothesis is judged once under every load, and Holm's correction is over all of them. */
export function comparisonCount(plan: Plan): number {
  return plan.hypotheses.length * loadsOf(plan).length;
}
