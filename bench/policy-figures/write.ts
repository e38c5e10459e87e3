import { mkdirSync, writeFileSync } from 'node:fs';
import { policyFigures } from './figures.ts';

/** `npm run docs:policies`: a script, nobody imports it. */
const folder = new URL('../../docs/figures/policies/', import.meta.url);
mkdirSync(folder, { recursive: true });
for (const [name, svg] of await policyFigures()) writeFileSync(new URL(`${name}.svg`, folder), svg);
