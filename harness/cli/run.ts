import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isoTime } from '../core/clock.ts';
import { HarnessError, type ExitStatus, type Problem } from '../core/errors.ts';
import type { ExperimentEvent } from '../experiment/events.ts';
import { findNoise } from '../experiment/find-noise.ts';
import { OpenExperiment, unfinishedExperiments } from '../experiment/open-experiment.ts';
import { runExperiment } from '../experiment/run-experiment.ts';
import { budget, budgetLine } from '../plan/budget.ts';
import { planHash } from '../plan/make-plan.ts';
import type { Manifest } from '../store/manifest.ts';
import type { Testbed } from '../testbed/port.ts';
import { testbedFor, type Composition } from './compose.ts';
import { readMachine, readVersions } from './describe-machine.ts';
import { onInterruption } from './interruption.ts';
import { loadPlan, type LoadedPlan } from './load-plan.ts';
import { logFile } from './log-file.ts';
import { printProblems } from './print-problems.ts';
import { progressPrinter } from './progress.ts';
import { printReport } from './report.ts';

export interface RunOptions {
  readonly results: string;
  readonly new: boolean;
}

/** What a trial costs beside its own length: 32 trials of 5 s took 164 s (docs/verified.md). */
export const overheadPerTrialMs = 200;

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
  const opened = await open(loaded, rerunOf, parent, options, testbed, world);
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

async function open(
  loaded: LoadedPlan,
  rerunOf: string | null,
  parent: string,
  options: RunOptions,
  testbed: Testbed,
  { clock, terminal }: Composition,
): Promise<OpenExperiment> {
  const { plan, planText, profileText } = loaded;
  const planSha256 = planHash(planText);
  const versions = readVersions();
  const facts = await testbed.facts(plan);
  for (const note of facts.notes) terminal.err(`${note}\n`);
  const unfinished = unfinishedExperiments(parent).filter(({ manifest }) => manifest.rerunOf === rerunOf);
  const same = options.new ? undefined : unfinished.find((candidate) => candidate.planSha256 === planSha256);
  if (same !== undefined) {
    const { source } = same.manifest.testbed;
    if (source !== facts.source) {
      throw new HarnessError(
        'machine-lacks',
        `${same.id} was begun with source ${source}; now only ${facts.source} is there.`,
        {
          hint: 'Restore what it was begun with, or start a new experiment with --new.',
        },
      );
    }
    for (const damage of same.damage) terminal.err(`Damaged: ${damage}. The rest is used; nothing is deleted.\n`);
    terminal.err(`Going on with ${relative('', same.paths.folder)}.\n`);
    return OpenExperiment.resume(same, versions, clock);
  }
  for (const other of unfinished) {
    terminal.err(
      `Left unfinished: ${relative('', other.paths.folder)} (${options.new ? 'as asked' : 'another plan'}).\n`,
    );
  }
  const createdAt = isoTime(clock);
  const manifest: Manifest = {
    format: 1,
    experiment: newExperimentId(parent, createdAt, planSha256),
    profile: plan.name,
    planHash: planSha256,
    seed: plan.seed,
    createdAt,
    rerunOf,
    versions,
    machine: readMachine(),
    testbed: facts,
  };
  const experiment = await OpenExperiment.create(parent, { plan, planText, profileText, manifest }, clock);
  terminal.err(`A new experiment: ${relative('', experiment.paths.folder)}\n`);
  return experiment;
}

/** Sorts by time, and says which plan: `20261124T140529Z-3f2a1c`; a second one within the second gets a number. */
function newExperimentId(parent: string, createdAt: string, planSha256: string): string {
  const base = `${createdAt.replace(/[-:]|\.\d+/g, '')}-${planSha256.slice(0, 6)}`;
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!existsSync(join(parent, id))) return id;
  }
}
