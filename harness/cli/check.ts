import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { ExitStatus, Problem } from '../core/errors.ts';
import { budget, budgetLine } from '../plan/budget.ts';
import { budgetContext } from './budget-context.ts';
import { policyOffers, testbedFor, type Composition } from './compose.ts';
import { findProblems } from './find-problems.ts';
import { loadPlan } from './load-plan.ts';
import { printProblems } from './print-problems.ts';

interface CheckOptions {
  readonly set: readonly string[];
  readonly results: string;
}

export async function checkCommand(
  file: string | undefined,
  options: CheckOptions,
  world: Composition,
): Promise<ExitStatus> {
  return file === undefined ? checkMachine(world) : checkProfile(file, options, world);
}

async function checkMachine(world: Composition): Promise<ExitStatus> {
  const offers = await world.machineOffers();
  const width = Math.max(...offers.map(({ what }) => what.length));
  for (const { what, state, text, remedy } of offers) {
    const mark = { there: 'ok', optional: '--', missing: 'NO' }[state];
    const style = { there: 'green', optional: 'dim', missing: 'red' } as const;
    const line = `${world.terminal.style(style[state], mark)}  ${what.padEnd(width)}  ${text}`;
    world.terminal.out(`${line}${remedy === null ? '' : ` — ${remedy}`}\n`);
  }
  return offers.some(({ state }) => state === 'missing') ? 3 : 0;
}

async function checkProfile(file: string, { set, results }: CheckOptions, world: Composition): Promise<ExitStatus> {
  const { terminal } = world;
  const { plan } = loadPlan(file, set, await policyOffers());
  const testbed = await testbedFor(plan.testbed, world);
  const problems = [...(await findProblems(plan, testbed, world)), ...resultsProblems(results)];
  printProblems(problems, terminal);
  if (problems.some(({ severity }) => severity === 'error')) return 3;
  const { notes, source, cores } = await testbed.facts(plan);
  for (const note of notes) terminal.out(`${note}\n`);
  terminal.out(`${budgetLine(budget(plan, await budgetContext(plan, results, testbed)))}\n`);
  terminal.out(`Nothing stands in the way: testbed ${plan.testbed.kind}, ${cores} cores, source ${source}.\n`);
  return 0;
}

/** May results be written? Looks at the nearest folder that is there; makes none. */
function resultsProblems(results: string): Problem[] {
  let folder = resolve(results);
  while (!existsSync(folder)) folder = dirname(folder);
  try {
    accessSync(folder, constants.W_OK);
    if (statSync(folder).isDirectory()) return [];
    const hint = 'Move it away, or choose another folder with --results DIR.';
    return [{ severity: 'error', code: 'results-not-writable', message: `${folder} is not a folder.`, hint }];
  } catch {
    const hint = 'Make it writable, or choose another with --results DIR.';
    return [{ severity: 'error', code: 'results-not-writable', message: `${folder} is not writable.`, hint }];
  }
}
