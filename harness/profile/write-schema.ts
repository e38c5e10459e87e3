import { writeFileSync } from 'node:fs';
import { profileJsonSchemaText } from './json-schema.ts';
import { loadJsonSchemaText } from './load-json-schema.ts';

/** `npm run schema`: a script, nobody imports it. */
writeFileSync(new URL('../../profiles/schema.json', import.meta.url), profileJsonSchemaText());
writeFileSync(new URL('../../profiles/load/schema.json', import.meta.url), loadJsonSchemaText());
