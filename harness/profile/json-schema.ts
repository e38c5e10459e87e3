import { z } from 'zod';
import { profileFileSchema } from './schema.ts';

/** The JSON Schema (draft 7) of a profile as it is written, for editors. Committed as `profiles/schema.json`. */
export function profileJsonSchema(): object {
  return z.toJSONSchema(profileFileSchema, {
    io: 'input',
    target: 'draft-7',
    // Zod drops the examples of whatever is transformed, because they might be of its output; ours are what a person writes.
    override({ zodSchema, jsonSchema }) {
      const examples = z.globalRegistry.get(zodSchema)?.['examples'];
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
}

/** The text of the committed file. */
export function profileJsonSchemaText(): string {
  return `${JSON.stringify(profileJsonSchema(), null, 2)}\n`;
}
