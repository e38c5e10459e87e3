import type { FieldMistake } from '../yaml/field-mistake.ts';
import type { ParsedApplication } from './schema.ts';

/** Mistakes between fields, each valid by itself. */
export function crossMistakes(_parsed: ParsedApplication): FieldMistake[] {
  return [];
}
