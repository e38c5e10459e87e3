import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isoTime } from '../core/clock.ts';
import { HarnessError } from '../core/errors.ts';
import { OpenExperiment, unfinishedExperiments } from '../experiment/open-experiment.ts';
import { planHash } from '../plan/make-plan.ts';
import type { Manifest } from '../store/manifest.ts';
import type { Testbed } from '../testbed/port.ts';
import type { Composition } from './compose.ts';
import { readMachine, readVersions } from './describe-machine.ts';
import type { LoadedPlan } from './load-plan.ts';

export interface Opening {
  /** Id of the experiment that is repeated, or null. */
  readonly rerunOf: string | null;
  /** `results/<path of the profile>`. */
  readonly parent: string;
  /** Also if one is unfinished. */
  readonly alwaysNew: boolean;
}

/** Goes on with the unfinished experiment of a plan, or creates a new one; says which. */
export async function openExperiment(
  loaded: LoadedPlan,
  { rerunOf, parent, alwaysNew }: Opening,
  testbed: Testbed,
  { clock, terminal }: Composition,
): Promise<OpenExperiment> {
  const { plan, planText, profileText } = loaded;
  const planSha256 = planHash(planText);
  const versions = readVersions();
  const facts = await testbed.facts(plan);
  for (const note of facts.notes) terminal.err(`${note}\n`);
  const unfinished = unfinishedExperiments(parent).filter(({ manifest }) => manifest.rerunOf === rerunOf);
  const same = alwaysNew ? undefined : unfinished.find((candidate) => candidate.planSha256 === planSha256);
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
      `Left unfinished: ${relative('', other.paths.folder)} (${alwaysNew ? 'as asked' : 'another plan'}).\n`,
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
