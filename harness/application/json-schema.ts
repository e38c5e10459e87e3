import { editorSchema, editorSchemaText } from '../yaml/editor-schema.ts';
import { applicationSchema } from './schema.ts';

/** The JSON Schema (draft 7) of an application's file as it is written, for editors. Committed as `deathstarbench/schema.json`. */
export const applicationJsonSchema = (): object => editorSchema(applicationSchema);

/** The text of the committed file. */
export const applicationJsonSchemaText = (): string => editorSchemaText(applicationSchema);
