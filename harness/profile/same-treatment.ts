import type { FieldMistake } from '../yaml/field-mistake.ts';

/** An arm that does what an earlier one does. @param first name of that one, if it has one */
export function sameTreatment(index: number, first: string | undefined): FieldMistake {
  const message = `does the same as arm ${JSON.stringify(first ?? 'another')}, expected arms that differ (or aa: true for an A/A profile)`;
  return { path: ['arms', index], message };
}

/** Of an A/A profile. @param treatments of its two arms, as text that is equal for equal ones */
export function differentTreatments([first, second]: readonly (string | undefined)[]): FieldMistake[] {
  if (first === second) return [];
  const message = 'differs from the first arm, expected the same treatment twice with aa: true';
  return [{ path: ['arms', 1], message }];
}
