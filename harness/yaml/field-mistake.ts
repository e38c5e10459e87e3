import type { z } from 'zod';
import { unknownWord } from './did-you-mean.ts';
import type { FieldPath } from './field-path.ts';

/** A mistake at a field of a document, before its place is looked up. */
export interface FieldMistake {
  readonly path: FieldPath;
  readonly message: string;
  /** The key itself is wrong, not its value. */
  readonly at?: 'key';
}

/** What a schema made of `fields.ts` objects to. */
export function fieldMistakes(issues: readonly z.core.$ZodIssue[]): FieldMistake[] {
  return issues.flatMap((issue): FieldMistake[] => {
    // All keys of a YAML mapping are strings, and all other parts indices of lists.
    const path = issue.path as (string | number)[];
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    // `mapping` in fields.ts: the message is the list of known keys.
    const known = issue.message.split(' ');
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownWord('key', key, known), at: 'key' }));
  });
}
