import { weighedCalls } from '../application/call-order.ts';
import type { Application, Service } from '../application/application.ts';
import { stream } from '../core/random.ts';
import { armApplication } from '../plan/arm-application.ts';
import type { Plan, PlannedArm } from '../plan/plan.ts';
import type { PolicyContext, PolicyService } from '../policy/port.ts';

/**
 * What the policy of an arm is told before a trial.
 * @param seed of the trial
 * @param capacityCores cores that all services have together
 */
export function policyContext(plan: Plan, arm: PlannedArm, seed: number, capacityCores: number): PolicyContext {
  const { application, bounds, sampleMs, timeCompression } = plan;
  const model = armApplication(plan, arm);
  if (application === null || model === null || bounds === null || arm.allocation === null)
    throw new Error(`the arm ${arm.name} has a policy, but no application that it could scale`);
  return {
    services: model.services.map((service): PolicyService => ({
      name: service.name,
      role: service.role,
      isScalable: service.role !== 'store' && bounds[service.name] !== undefined,
      calls: calledBy(service, model),
      startUpMs: service.startUpMs + model.discoveryMs,
    })),
    allocation: arm.allocation,
    bounds,
    capacityCores,
    sampleMs,
    timeCompression,
    objectiveMs: application.sloMs,
    random: stream(seed, 'policy'),
    compressed: (seconds) => (seconds * 1000) / timeCompression,
  };
}

/** Both branches of a choice count. */
function calledBy({ operations }: Service, { services }: Application): readonly string[] {
  const called = new Set(operations.flatMap(({ steps }) => weighedCalls(steps).map(({ service }) => service)));
  return services.map(({ name }) => name).filter((name) => called.has(name));
}
