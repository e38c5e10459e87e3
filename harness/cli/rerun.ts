import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { planHash } from '../plan/make-plan.ts';
import type { Manifest } from '../store/manifest.ts';
import { readFrame } from '../store/recorded-experiment.ts';
import type { Composition } from './compose.ts';
import { readMachine, readVersions } from './describe-machine.ts';
import { loadPlan } from './load-plan.ts';
import { runPlan, type RunOptions } from './run.ts';

export async function rerunCommand(folder: string, options: RunOptions, world: Composition): Promise<ExitStatus> {
  const { terminal } = world;
  const { id, paths, manifest, planSha256, damage } = readFrame(folder);
  for (const one of damage) terminal.err(`Damaged: ${one}.\n`);
  const loaded = loadPlan(paths.profile, [], manifest.profile);
  if (planHash(loaded.planText) !== planSha256) {
    throw new HarnessError('results-damaged', `The frozen profile of ${id} no longer makes the plan that was run.`, {
      hint: `It was run by Scalelab ${manifest.versions.scalelab} (${manifest.versions.git ?? 'no commit'}); use that version, or restore the folder.`,
    });
  }
  const differences = differencesFrom(manifest);
  terminal.err(`Repeating ${id}, same profile and seeds.\n`);
  terminal.err(
    differences.length === 0 ? 'Versions and machine are the same.\n' : `What differs:\n${differences.join('')}`,
  );
  return runPlan(loaded, id, options, world, `scalelab rerun ${folder}`);
}

function differencesFrom(manifest: Manifest): string[] {
  const compare = (then: object, now: object): string[] => {
    const present = new Map<string, unknown>(Object.entries(now));
    return Object.entries(then)
      .filter(([name, value]) => present.get(name) !== value)
      .map(([name, value]) => `  ${name}: ${String(value)} then, ${String(present.get(name))} now\n`);
  };
  return [...compare(manifest.versions, readVersions()), ...compare(manifest.machine, readMachine())];
}
