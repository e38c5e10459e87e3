import { editorSchema, editorSchemaText } from '../yaml/editor-schema.ts';
import { loadFileInFile } from './load-schema.ts';

/** The JSON Schema (draft 7) of a load file as it is written, for editors. Committed as `profiles/load/schema.json`. */
export const loadJsonSchema = (): object => editorSchema(loadFileInFile);

/** The text of the committed file. */
export const loadJsonSchemaText = (): string => editorSchemaText(loadFileInFile);
