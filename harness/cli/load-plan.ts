import { readFileSync, statSync } from 'node:fs';
import { HarnessError } from '../core/errors.ts';
import { makePlan, planText } from '../plan/make-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { formatDiagnostics } from '../yaml/diagnostic.ts';
import { loadProfile } from '../profile/load-profile.ts';
import { profileName } from '../profile/profile-name.ts';
import { renderProfile } from '../profile/render.ts';

/** A profile read from a file, and the plan made of it. */
export interface LoadedPlan {
  readonly plan: Plan;
  readonly planText: string;
  /** The profile to be frozen: as it was written, or, if fields were changed, as it counts. */
  readonly profileText: string;
}

/**
 * Reads a profile and makes its plan.
 * @param name of the experiment; without it from the path of the file
 * @throws HarnessError `profile-missing`, or `profile-invalid` with every mistake, its line and a caret
 */
export function loadPlan(file: string, sets: readonly string[], name = profileName(file)): LoadedPlan {
  const text = readProfile(file);
  const loaded = loadProfile({ text, fileName: file, sets });
  if (!loaded.ok) {
    const { diagnostics } = loaded;
    const count = diagnostics.length === 1 ? '1 mistake' : `${diagnostics.length} mistakes`;
    throw new HarnessError(
      'profile-invalid',
      `${count} in the profile; nothing was created.\n${formatDiagnostics(diagnostics)}`,
    );
  }
  const plan = makePlan(loaded.profile, name);
  return { plan, planText: planText(plan), profileText: sets.length === 0 ? text : renderProfile(loaded.profile) };
}

function readProfile(file: string): string {
  try {
    // A device or a pipe has no end that could be waited for.
    if (!statSync(file).isFile() && !statSync(file).isDirectory()) throw new Error('it is not an ordinary file');
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new HarnessError('profile-missing', `The profile ${file} cannot be read: ${reason}.`, {
      hint: 'Name a YAML file such as profiles/runqueue.yaml.',
      cause,
    });
  }
}
