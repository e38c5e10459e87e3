import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { HarnessError, type ExitStatus, type Problem } from '../core/errors.ts';
import { formatDuration } from '../core/units.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import { isUnfinished } from '../experiment/open-experiment.ts';
import { runExperiment } from '../experiment/run-experiment.ts';
import { budget, budgetLine } from '../plan/budget.ts';
import { shellArgument } from '../report/escape.ts';
import { budgetContext } from './budget-context.ts';
import { driverFor, policyOffers, policyStarter, testbedFor, type Composition } from './compose.ts';
import { findProblems } from './find-problems.ts';
import { onInterruption } from './interruption.ts';
import { loadPlan, type LoadedPlan } from './load-plan.ts';
import { logFile } from './log-file.ts';
import { newestOfPlan, openExperiment } from './open-experiment.ts';
import { printProblems } from './print-problems.ts';
import { progressPrinter } from './progress.ts';
import { printReport } from './report.ts';

/** Where results go unless `--results` says otherwise. */
export const defaultResults = 'results';

export interface RunOptions {
  readonly results: string;
  readonly new: boolean;
}

export async function runCommand(
  file: string,
  options: RunOptions & { readonly set: readonly string[] },
  world: Composition,
): Promise<ExitStatus> {
  const command = ['run', file, ...options.set.flatMap((set) => ['--set', set])];
  return runPlan(loadPlan(file, options.set, await policyOffers()), null, options, world, command);
}

/**
 * Runs a plan: goes on with its unfinished experiment, or starts a new one.
 * @param rerunOf id of the experiment that is repeated, or null; an unfinished one goes on only as what it was
 * @param command the arguments with which the user can go on later, without those of `options`
 */
export async function runPlan(
  loaded: LoadedPlan,
  rerunOf: string | null,
  options: RunOptions,
  world: Composition,
  command: readonly string[],
): Promise<ExitStatus> {
  const { clock, terminal } = world;
  const { plan } = loaded;
  const parent = join(options.results, plan.name);
  const newest = options.new ? undefined : newestOfPlan(parent, loaded, rerunOf);
  if (newest !== undefined && !isUnfinished(newest) && !existsSync(newest.paths.reportHtml)) {
    terminal.err(`${newest.id} was finished, but its report was not written.\n`);
    await printReport(newest.paths.folder, world);
    return statusOf(newest.progress.status);
  }
  const testbed = await testbedFor(plan.testbed, world);
  const context = await budgetContext(plan, options.results, testbed);
  terminal.err(`${budgetLine(budget(plan, context))}\n`);
  refuseIfImpossible(await findProblems(plan, testbed, world), world);
  const noise = context.noise?.floors ?? [];
  const opened = await openExperiment(loaded, { rerunOf, parent, alwaysNew: options.new, noise }, testbed, world);
  await using experiment = opened;
  const log = await logFile(experiment.paths.log);
  const print = progressPrinter(terminal);
  const sink = (event: ExperimentEvent): void => {
    log(event);
    print(event);
  };
  using interruption = onInterruption(terminal);
  const end = await runExperiment(experiment, {
    ...{ testbed, clock, sink, signal: interruption.signal },
    driverFor: (armPlan) => driverFor(armPlan, world),
    startPolicy: policyStarter(world),
  });
  if (end === 'interrupted') {
    terminal.err(`Interrupted. Everything so far is saved in ${relative('', experiment.paths.folder)}.\n`);
    if (testbed.time === 'wall') {
      const blockMs = plan.arms.length * plan.trialMs;
      terminal.err(`After more than ${formatDuration(blockMs)} the block that was under way starts anew.\n`);
    }
    const results = options.results === defaultResults ? [] : ['--results', options.results];
    terminal.err(`To go on: npx scalelab ${[...command, ...results].map(shellArgument).join(' ')}\n`);
    return 130;
  }
  await printReport(experiment.paths.folder, world);
  if (end === 'too-many-invalid') {
    terminal.err('Too many blocks were set aside to compare as planned; the report says why, and what can be said.\n');
  }
  return statusOf(end);
}

function statusOf(end: 'running' | 'complete' | 'too-many-invalid'): ExitStatus {
  return end === 'too-many-invalid' ? 5 : 0;
}

function refuseIfImpossible(problems: readonly Problem[], { terminal }: Composition): void {
  printProblems(problems, terminal);
  if (!problems.some(({ severity }) => severity === 'error')) return;
  throw new HarnessError('machine-lacks', 'The profile cannot be run here; nothing was started.', {
    hint: '`npx scalelab check` says what this machine offers.',
  });
}
