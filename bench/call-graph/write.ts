import { readFileSync, writeFileSync } from 'node:fs';
import { drawPng } from '../../harness/report/figure/draw.ts';
import { inks } from '../../harness/report/figure/theme.ts';
import { callGraphFigures } from './figures.ts';

/** `npm run docs:application`: a script, nobody imports it. */
const root = new URL('../../', import.meta.url);
const file = 'deathstarbench/social-network.yaml';
for (const [end, svg] of await callGraphFigures(readFileSync(new URL(file, root), 'utf8'), file)) {
  const path = `docs/figures/social-network${end}`;
  writeFileSync(new URL(`${path}.svg`, root), svg);
  // One picture for slides; pages show the drawings.
  if (end === '') writeFileSync(new URL(`${path}.png`, root), await drawPng(svg, inks.light.background));
}
