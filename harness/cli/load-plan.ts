import { readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { packageRoot } from '../core/package-root.ts';
import { HarnessError } from '../core/errors.ts';
import { tooManyArrivals } from '../load/make-schedule.ts';
import { makePlan, planText } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { formatDiagnostics } from '../yaml/diagnostic.ts';
import type { ReadFile } from '../profile/load-conversion.ts';
import { loadProfile, type ProfileText } from '../profile/load-profile.ts';
import type { PolicyOffer } from '../profile/policy-spec.ts';
import { profileName } from '../profile/profile-name.ts';
import { renderProfile } from '../profile/render.ts';

/** A profile read from a file, and the plan made of it. */
export interface LoadedPlan {
  readonly plan: Plan;
  readonly planText: string;
  /** The profile to be frozen: as it was written, or, if fields were changed, as it counts. */
  readonly profileText: string;
  /** The files that it names, as they were read: to be frozen with it. */
  readonly inputs: Inputs;
}

/** Texts of files by their path, as the profile names them. */
export type Inputs = Readonly<Record<string, string>>;

/**
 * Reads a profile and makes its plan.
 * @param policies those that it may name
 * @param name of the experiment; without it from the path of the file
 * @throws HarnessError `profile-missing`, or `profile-invalid` with every mistake, its line and a caret
 */
export function loadPlan(
  file: string,
  sets: readonly string[],
  policies: readonly PolicyOffer[],
  name = profileName(file),
): LoadedPlan {
  return planOf({ fileName: file, text: readProfile(file), sets, read: inputReader(file), policies }, name);
}

/**
 * The same from a profile that was frozen with an experiment, and the files that were frozen with it.
 * @throws HarnessError as `loadPlan`
 */
export function loadFrozenPlan(
  file: string,
  name: string,
  frozen: Inputs,
  policies: readonly PolicyOffer[],
): LoadedPlan {
  return planOf(
    { fileName: file, text: readProfile(file), sets: [], read: frozenReader(frozen), policies, isFrozen: true },
    name,
  );
}

type Source = Required<Pick<ProfileText, 'sets' | 'read' | 'policies'>> & ProfileText;

function planOf(source: Source, name: string): LoadedPlan {
  const { text, sets } = source;
  const inputs: Record<string, string> = {};
  const read = (path: string): string => (inputs[path] ??= source.read(path));
  const loaded = loadProfile({ ...source, read, checkLoad: tooManyArrivals });
  if (!loaded.ok) {
    const { diagnostics } = loaded;
    const count = diagnostics.length === 1 ? '1 mistake' : `${diagnostics.length} mistakes`;
    throw new HarnessError(
      'profile-invalid',
      `${count} in the profile; nothing was created.\n${formatDiagnostics(diagnostics)}`,
    );
  }
  const plan = makePlan(loaded.profile, name);
  const profileText = sets.length === 0 ? text : renderProfile(loaded.profile);
  return { plan, planText: planText(plan), profileText, inputs };
}

/** Reads what a profile names from its folder, and what comes with Scalelab from there. */
function inputReader(profile: string): ReadFile {
  return (path) => {
    const ownModel = /^scalelab:(.*)$/.exec(path)?.[1];
    return readOrdinaryFile(
      ownModel === undefined ? resolve(dirname(profile), path) : join(packageRoot, 'deathstarbench', ownModel),
    );
  };
}

/** Reads what was frozen with an experiment. */
function frozenReader(inputs: Inputs): ReadFile {
  return (path) => {
    const text = inputs[path];
    if (text === undefined) throw new Error('it is not in inputs.json');
    return text;
  };
}

function readOrdinaryFile(file: string): string {
  // A device or a pipe has no end that could be waited for.
  if (!statSync(file).isFile() && !statSync(file).isDirectory()) throw new Error('it is not an ordinary file');
  return readFileSync(file, 'utf8');
}

function readProfile(file: string): string {
  try {
    return readOrdinaryFile(file);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('profile-missing', `The profile ${file} cannot be read: ${reason}.`, {
      hint: 'Name a YAML file such as profiles/runqueue.yaml.',
      cause,
    });
  }
}
