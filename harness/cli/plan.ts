import type { ExitStatus } from '../core/errors.ts';
import { budget } from '../plan/budget.ts';
import { planView } from '../plan/plan-view.ts';
import { budgetContext } from './budget-context.ts';
import { policyOffers, testbedFor, type Composition } from './compose.ts';
import { loadPlan } from './load-plan.ts';

export async function planCommand(
  file: string,
  options: { readonly set: readonly string[]; readonly results: string; readonly json: boolean },
  world: Composition,
): Promise<ExitStatus> {
  const { terminal } = world;
  const { plan, planText } = loadPlan(file, options.set, await policyOffers());
  if (options.json) {
    terminal.out(planText);
    return 0;
  }
  terminal.out(
    planView(plan, budget(plan, await budgetContext(plan, options.results, await testbedFor(plan.testbed, world)))),
  );
  return 0;
}
