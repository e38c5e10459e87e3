import { writeFileSync } from 'node:fs';
import { profileJsonSchemaText } from './json-schema.ts';

/** `npm run schema`: a script, nobody imports it. */
writeFileSync(new URL('../../profiles/schema.json', import.meta.url), profileJsonSchemaText());
