import type { FieldMistake } from '../yaml/field-mistake.ts';
import { callGraphMistakes } from './call-graph-checks.ts';
import { nameMistakes } from './name-checks.ts';
import { referenceMistakes } from './reference-checks.ts';
import type { ParsedApplication } from './schema.ts';
import { sizeMistakes } from './size-checks.ts';

/**
 * Mistakes between fields, each valid by itself. A name that is there twice makes every use of it doubtful, and with a name that leads
 * nowhere neither the graph nor a size is what its author meant: so one kind of mistake is told after the other.
 */
export function crossMistakes(parsed: ParsedApplication): FieldMistake[] {
  const inNames = nameMistakes(parsed);
  if (inNames.length > 0) return inNames;
  const inReferences = referenceMistakes(parsed);
  return inReferences.length > 0 ? inReferences : [...callGraphMistakes(parsed), ...sizeMistakes(parsed)];
}
