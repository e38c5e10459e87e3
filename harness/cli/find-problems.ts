import type { Problem } from '../core/errors.ts';
import { planForArm } from '../plan/plan-for-arm.ts';
import type { Plan, PlannedArm } from '../plan/plan.ts';
import { policyInputs } from '../policy/port.ts';
import type { Testbed } from '../testbed/port.ts';
import { checkPolicy, driverFor, type Composition } from './compose.ts';

/** Everything that keeps a plan from being run here: of the testbed, of whoever sends the load, and of the policies. */
export async function findProblems(plan: Plan, testbed: Testbed, world: Composition): Promise<readonly Problem[]> {
  return withoutRepeats([
    ...(await testbed.check(plan)),
    ...(await driverProblems(plan, world)),
    ...(await policyProblems(plan, testbed, world)),
  ]);
}

async function driverProblems(plan: Plan, world: Composition): Promise<Problem[]> {
  // One of each kind is enough: what it needs of this machine does not hang on its options.
  const plans = plan.arms.map((arm) => planForArm(plan, arm));
  const byName = new Map(plans.map((one) => [one.application?.driver.name ?? null, one]));
  const found = await Promise.all([...byName.values()].map(async (one) => (await driverFor(one, world))?.check()));
  return found.flatMap((problems) => problems ?? []);
}

async function policyProblems(plan: Plan, testbed: Testbed, world: Composition): Promise<Problem[]> {
  const found: Problem[] = [];
  for (const arm of plan.arms) {
    const { policy } = arm;
    if (policy === null) continue;
    found.push(...(await unmetDemands(plan, arm, testbed)), ...(await checkPolicy(policy, world)));
  }
  return found;
}

/** What the policy of an arm has to see or to do, and cannot on this testbed. */
async function unmetDemands(plan: Plan, arm: PlannedArm, testbed: Testbed): Promise<Problem[]> {
  const { policy } = arm;
  if (policy === null) return [];
  const { kind } = plan.testbed;
  const { inputs, acts } = await testbed.offers(planForArm(plan, arm));
  const of = `The policy ${policy.name} of arm ${JSON.stringify(arm.name)}`;
  return [
    ...policy.demands.needs
      .filter((need) => !inputs.some((input) => input === need))
      .map((need): Problem => ({
        severity: 'error',
        code: 'policy-input-missing',
        message: `${of} needs ${need} (${meaning(need)}), which the testbed ${kind} cannot give here.`,
        hint: sourceHint(plan, arm, need),
      })),
    ...policy.demands.acts
      .filter((act) => !acts.some((offered) => offered === act))
      .map((act): Problem => ({
        severity: 'error',
        code: 'policy-act-missing',
        message: `${of} decides about ${act}, which the testbed ${kind} cannot carry out.`,
        hint: 'Choose options with which it does not, or another testbed.',
      })),
  ];
}

const meaning = (need: string): string =>
  Object.entries(policyInputs).find(([input]) => input === need)?.[1] ?? 'nobody knows what that is';

function sourceHint(plan: Plan, arm: PlannedArm, need: string): string {
  const { source } = planForArm(plan, arm);
  const isLeftOut = source === 'none' || (source === 'schedstat' && need === 'wait-histogram');
  return need.startsWith('wait-') && isLeftOut
    ? `The profile says source: ${source}.`
    : 'Choose options with which it does without, or another testbed.';
}

/** Arms with the same policy lack the same. */
function withoutRepeats(problems: readonly Problem[]): readonly Problem[] {
  const texts = problems.map(({ message, hint }) => `${message} ${hint}`);
  return problems.filter((_, index) => texts.indexOf(texts[index] ?? '') === index);
}
