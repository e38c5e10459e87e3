import type { ExitStatus } from '../core/errors.ts';
import { findNoise } from '../experiment/find-noise.ts';
import { budget } from '../plan/budget.ts';
import { planView } from '../plan/plan-view.ts';
import type { Composition } from './compose.ts';
import { readMachine } from './describe-machine.ts';
import { loadPlan } from './load-plan.ts';
import { overheadPerTrialMs } from './trial-overhead.ts';

export async function planCommand(
  file: string,
  options: { readonly set: readonly string[]; readonly results: string; readonly json: boolean },
  { terminal }: Composition,
): Promise<ExitStatus> {
  const { plan, planText } = loadPlan(file, options.set);
  if (options.json) {
    terminal.out(planText);
    return 0;
  }
  const noise = await findNoise(options.results, plan, readMachine());
  terminal.out(planView(plan, budget(plan, { overheadPerTrialMs, noise })));
  return 0;
}
