import type { FoundNoise } from '../analysis/noise-of.ts';
import { findNoise } from '../experiment/find-noise.ts';
import type { BudgetContext } from '../plan/budget.ts';
import type { Plan } from '../plan/plan.ts';
import type { Testbed } from '../testbed/port.ts';
import { readMachine } from './describe-machine.ts';
import { overheadPerTrialMs } from './trial-overhead.ts';

/** What the budget of a plan depends on beside the plan. @param results where A/A experiments are looked for */
export async function budgetContext(
  plan: Plan,
  results: string,
  testbed: Testbed,
): Promise<BudgetContext & { readonly noise: FoundNoise | null }> {
  return {
    overheadPerTrialMs: overheadPerTrialMs(plan),
    noise: await findNoise(results, plan, readMachine()),
    capacityCores: testbed.capacityCores(plan),
  };
}
