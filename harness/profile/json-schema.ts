import { editorSchema, editorSchemaText } from '../yaml/editor-schema.ts';
import { profileFileSchema } from './schema.ts';

/** The JSON Schema (draft 7) of a profile as it is written, for editors. Committed as `profiles/schema.json`. */
export const profileJsonSchema = (): object => editorSchema(profileFileSchema);

/** The text of the committed file. */
export const profileJsonSchemaText = (): string => editorSchemaText(profileFileSchema);
