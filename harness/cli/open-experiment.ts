import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { isoTime } from '../core/clock.ts';
import { HarnessError } from '../core/errors.ts';
import { isUnfinished, knownExperiments, OpenExperiment } from '../experiment/open-experiment.ts';
import { planHash } from '../plan/make-plan.ts';
import type { Manifest } from '../store/manifest.ts';
import type { NoiseFloor } from '../store/noise-floor.ts';
import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import type { TestbedFacts } from '../telemetry/evidence.ts';
import type { Testbed } from '../testbed/port.ts';
import { factsOf, type Composition } from './compose.ts';
import { readMachine, readVersions } from './describe-machine.ts';
import { differencesBetween } from './differences.ts';
import type { LoadedPlan } from './load-plan.ts';

type Frame = Omit<RecordedExperiment, 'trials'>;

export interface Opening {
  /** Id of the experiment that is repeated, or null. */
  readonly rerunOf: string | null;
  /** `results/<path of the profile>`. */
  readonly parent: string;
  /** Also if one is unfinished. */
  readonly alwaysNew: boolean;
  /** What A/A experiments show by accident. */
  readonly noise: readonly NoiseFloor[];
}

/** The newest experiment of a plan, finished or not; undefined if there is none. */
export function newestOfPlan(parent: string, { planText }: LoadedPlan, rerunOf: string | null): Frame | undefined {
  return knownExperiments(parent).readable.find(isOf(planHash(planText), rerunOf));
}

function isOf(planSha256: string, rerunOf: string | null): (one: Frame) => boolean {
  return (one) => one.manifest.rerunOf === rerunOf && one.planSha256 === planSha256;
}

/** Goes on with the unfinished experiment of a plan, or creates a new one; says which. */
export async function openExperiment(
  loaded: LoadedPlan,
  { rerunOf, parent, alwaysNew, noise }: Opening,
  testbed: Testbed,
  { clock, terminal }: Composition,
): Promise<OpenExperiment> {
  const { plan, planText, profileText, inputs } = loaded;
  const planSha256 = planHash(planText);
  const versions = readVersions();
  const facts = await factsOf(plan, testbed);
  for (const note of facts.notes) terminal.err(`${note}\n`);
  const { readable, unreadable } = knownExperiments(parent);
  for (const problem of unreadable) terminal.err(`Damaged, and left alone: ${problem}\n`);
  const isSame = isOf(planSha256, rerunOf);
  const same = alwaysNew ? undefined : readable.filter(isUnfinished).find(isSame);
  if (same !== undefined) {
    refuseAnotherMachine(same.manifest, facts, testbed);
    for (const damage of same.damage) terminal.err(`Damaged: ${damage}. The rest is used; nothing is deleted.\n`);
    terminal.err(`Going on with ${relative('', same.paths.folder)}.\n`);
    return OpenExperiment.resume(same, versions, clock);
  }
  for (const other of readable.filter(isUnfinished)) {
    const why = isSame(other)
      ? 'as asked'
      : other.manifest.rerunOf === rerunOf
        ? 'another plan'
        : 'a rerun, or its original';
    terminal.err(`Left unfinished: ${relative('', other.paths.folder)} (${why}).\n`);
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
    noise: noise.filter(({ metric }) => plan.hypotheses.some((hypothesis) => hypothesis.metric === metric)),
  };
  const experiment = await OpenExperiment.create(parent, { plan, planText, profileText, inputs, manifest }, clock);
  terminal.err(`A new experiment: ${relative('', experiment.paths.folder)}\n`);
  return experiment;
}

/** Trials of one experiment are compared, so all of them run on the same machine with the same means (design 4.7). */
function refuseAnotherMachine(begun: Manifest, now: TestbedFacts, testbed: Testbed): void {
  const then = {
    ...begun.testbed.details,
    ...(testbed.time === 'wall' ? begun.machine : {}),
    source: begun.testbed.source,
  };
  const present = { ...now.details, ...(testbed.time === 'wall' ? readMachine() : {}), source: now.source };
  const differences = differencesBetween(then, present);
  if (differences.length === 0) return;
  throw new HarnessError(
    'machine-lacks',
    `${begun.experiment} was begun under other conditions: ${differences.join('; ')}.`,
    { hint: 'Restore what it was begun with, or start a new experiment with --new.' },
  );
}

/** Sorts by time, and says which plan: `20261124T140529Z-3f2a1c`; a second one within the second gets a number. */
function newExperimentId(parent: string, createdAt: string, planSha256: string): string {
  const base = `${createdAt.replace(/[-:]|\.\d+/g, '')}-${planSha256.slice(0, 6)}`;
  for (let number = 1; ; number++) {
    const id = number === 1 ? base : `${base}-${number}`;
    if (!existsSync(join(parent, id))) return id;
  }
}
