import type { FieldMistake } from '../yaml/field-mistake.ts';
import { callGraphMistakes } from './call-graph-checks.ts';
import { nameMistakes } from './name-checks.ts';
import { referenceMistakes } from './reference-checks.ts';
import type { ParsedApplication } from './schema.ts';
import { sizeMistakes } from './size-checks.ts';

/** Mistakes between fields, each valid by itself. */
export function crossMistakes(parsed: ParsedApplication): FieldMistake[] {
  const wrongNames = [...nameMistakes(parsed), ...referenceMistakes(parsed)];
  // With a name that leads nowhere, or to two things, neither the graph nor a size is what its author meant.
  return wrongNames.length > 0 ? wrongNames : [...callGraphMistakes(parsed), ...sizeMistakes(parsed)];
}
