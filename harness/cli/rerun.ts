import { realpathSync } from 'node:fs';
import { relative } from 'node:path';
import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { planHash } from '../plan/make-plan.ts';
import { readFrame } from '../store/recorded-experiment.ts';
import { factsOf, policyOffers, testbedFor, type Composition } from './compose.ts';
import { readMachine, readVersions } from './describe-machine.ts';
import { differencesBetween } from './differences.ts';
import { loadFrozenPlan } from './load-plan.ts';
import { runPlan, type RunOptions } from './run.ts';

export async function rerunCommand(folder: string, options: RunOptions, world: Composition): Promise<ExitStatus> {
  const { terminal } = world;
  const { id, paths, manifest, planSha256, progress, damage, inputs } = readFrame(folder);
  for (const one of damage) terminal.err(`Damaged: ${one}.\n`);
  const loaded = loadFrozenPlan(paths.profile, manifest.profile, inputs, await policyOffers());
  if (planHash(loaded.planText) !== planSha256) {
    throw new HarnessError('results-damaged', `The frozen profile of ${id} no longer makes the plan that was run.`, {
      hint: `It was run by Scalelab ${manifest.versions.scalelab} (${manifest.versions.git ?? 'no commit'}); use that version, or restore the folder.`,
    });
  }
  // `latest` points at the rerun once it was begun: the same command then goes on with it.
  const original = progress.status === 'running' ? (manifest.rerunOf ?? id) : id;
  terminal.err(`Repeating ${original}, same profile and seeds.\n`);
  const testbed = await testbedFor(loaded.plan.testbed, world);
  const differences = [
    ...differencesBetween(manifest.versions, readVersions()),
    ...differencesBetween(manifest.machine, readMachine()),
    ...differencesBetween(manifest.testbed.details, (await factsOf(loaded.plan, testbed)).details),
  ];
  if (differences.length === 0) terminal.err('Versions and machine are the same.\n');
  else terminal.err(`What differs:\n${differences.map((one) => `  ${one}\n`).join('')}`);
  return runPlan(loaded, original, options, world, ['rerun', relative('', realpathSync(folder))]);
}
