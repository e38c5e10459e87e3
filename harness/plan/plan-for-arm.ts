import type { ApplicationSpec, Overrides, Plan, PlannedArm } from './plan.ts';

/** The plan as an arm sees it: the fields that it overrides are its own. The same plan where it overrides none. */
export function planForArm(plan: Plan, { overrides }: Pick<PlannedArm, 'overrides'>): Plan {
  if (Object.keys(overrides).length === 0) return plan;
  return {
    ...plan,
    source: overrides.source ?? plan.source,
    // null is a value here: no canary.
    canary: overrides.canary === undefined ? plan.canary : overrides.canary,
    application: plan.application && applicationForArm(plan.application, overrides),
  };
}

function applicationForArm(application: ApplicationSpec, { driver, faults }: Overrides): ApplicationSpec {
  return { ...application, driver: driver ?? application.driver, faults: faults ?? application.faults };
}
