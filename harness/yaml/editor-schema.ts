import { z } from 'zod';

/** The text of the JSON Schema (draft 7) of a document as a person writes it, for editors. */
export function editorSchemaText(schema: z.ZodType): string {
  return `${JSON.stringify(editorSchema(schema), null, 2)}\n`;
}

export function editorSchema(schema: z.ZodType): object {
  return z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    // Zod drops the examples of whatever is transformed, because they might be of its output; ours are what a person writes.
    override({ zodSchema, jsonSchema }) {
      const examples = z.globalRegistry.get(zodSchema)?.['examples'];
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
}
