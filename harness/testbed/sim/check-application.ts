import type { Problem } from '../../core/errors.ts';
import { planForArm } from '../../plan/plan-for-arm.ts';
import type { ApplicationSpec, Plan } from '../../plan/plan.ts';

/** What of a plan with an application cannot be simulated. Nothing is left out in silence. */
export function checkApplication(plan: Plan, { model }: ApplicationSpec): readonly Problem[] {
  const problems: Problem[] = [];
  const refuseIf = (isSo: boolean, message: string, hint: string): void => {
    if (isSo) problems.push({ severity: 'error', code: 'application-not-simulated', message, hint });
  };
  const arms = plan.arms.map((arm) => planForArm(plan, arm));
  const services = model.services.length;
  refuseIf(
    services !== 1,
    `The simulator has applications of one service; ${model.name} has ${services}.`,
    'Use `testbed: { kind: local }`, or the application one-service.',
  );
  refuseIf(
    arms.some(({ canary }) => canary !== null),
    'The simulator has no canary beside an application.',
    'Set `canary: null`.',
  );
  refuseIf(
    plan.arms.some(({ disturbances }) => disturbances.cpu !== null),
    'The simulator has no disturbances beside an application.',
    'Leave them out, or use `testbed: { kind: local }`.',
  );
  refuseIf(
    arms.some(({ application }) => (application?.faults ?? []).length > 0),
    'The simulator has no faults of replicas.',
    'Leave them out, or use `testbed: { kind: local }`.',
  );
  refuseIf(
    arms.some(({ application }) => application?.driver.name === 'k6'),
    'The simulator sends the load itself; it has no k6.',
    'Leave the driver out, or use `testbed: { kind: local }`.',
  );
  return problems;
}
