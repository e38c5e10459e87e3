import { join, relative } from 'node:path';
import { HarnessError, type ExitStatus, type Problem } from '../core/errors.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import { findNoise } from '../experiment/find-noise.ts';
import { runExperiment } from '../experiment/run-experiment.ts';
import { budget, budgetLine } from '../plan/budget.ts';
import { testbedFor, type Composition } from './compose.ts';
import { readMachine } from './describe-machine.ts';
import { onInterruption } from './interruption.ts';
import { loadPlan, type LoadedPlan } from './load-plan.ts';
import { logFile } from './log-file.ts';
import { openExperiment } from './open-experiment.ts';
import { printProblems } from './print-problems.ts';
import { progressPrinter } from './progress.ts';
import { printReport } from './report.ts';
import { overheadPerTrialMs } from './trial-overhead.ts';

export interface RunOptions {
  readonly results: string;
  readonly new: boolean;
}

export async function runCommand(
  file: string,
  options: RunOptions & { readonly set: readonly string[] },
  world: Composition,
): Promise<ExitStatus> {
  return runPlan(loadPlan(file, options.set), null, options, world, `scalelab run ${file}${setArguments(options.set)}`);
}

export function setArguments(sets: readonly string[]): string {
  return sets.map((set) => ` --set '${set}'`).join('');
}

/**
 * Runs a plan: goes on with its unfinished experiment, or starts a new one.
 * @param rerunOf id of the experiment that is repeated, or null; an unfinished one goes on only as what it was
 * @param command what the user can type to go on later
 */
export async function runPlan(
  loaded: LoadedPlan,
  rerunOf: string | null,
  options: RunOptions,
  world: Composition,
  command: string,
): Promise<ExitStatus> {
  const { clock, terminal } = world;
  const { plan } = loaded;
  const parent = join(options.results, plan.name);
  const noise = await findNoise(options.results, plan, readMachine());
  terminal.err(`${budgetLine(budget(plan, { overheadPerTrialMs, noise }))}\n`);
  const testbed = await testbedFor(plan.testbed, world);
  refuseIfImpossible(await testbed.check(plan), world);
  const opened = await openExperiment(loaded, { rerunOf, parent, alwaysNew: options.new }, testbed, world);
  await using experiment = opened;
  const log = await logFile(experiment.paths.log);
  const print = progressPrinter(terminal);
  const sink = (event: ExperimentEvent): void => {
    log(event);
    print(event);
  };
  using interruption = onInterruption(terminal);
  const end = await runExperiment(experiment, { testbed, clock, sink, signal: interruption.signal });
  if (end === 'interrupted') {
    terminal.err(`Interrupted. Everything so far is saved in ${relative('', experiment.paths.folder)}.\n`);
    terminal.err(`To go on: ${command}\n`);
    return 130;
  }
  await printReport(experiment.paths.folder, world);
  if (end === 'complete') return 0;
  terminal.err('Too many trials were invalid to compare as planned; the report says what can be said.\n');
  return 5;
}

function refuseIfImpossible(problems: readonly Problem[], { terminal }: Composition): void {
  printProblems(problems, terminal);
  if (!problems.some(({ severity }) => severity === 'error')) return;
  throw new HarnessError('machine-lacks', 'The profile cannot be run here; nothing was started.', {
    hint: '`scalelab check` says what this machine offers.',
  });
}
