import { writeFileSync } from 'node:fs';
import { applicationJsonSchemaText } from './json-schema.ts';

/** `npm run schema`: a script, nobody imports it. */
writeFileSync(new URL('../../deathstarbench/schema.json', import.meta.url), applicationJsonSchemaText());
