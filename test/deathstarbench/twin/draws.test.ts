import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { compileModel } from '../../../deathstarbench/client/compile-model.ts';
import { naturalLogarithm } from '../../../deathstarbench/client/natural-logarithm.ts';
import { drawQuantity } from '../../../harness/application/draw-quantity.ts';
import { deriveDraw, uniformDraw } from '../../../harness/application/draw.ts';
import type { Distribution } from '../../../harness/application/application.ts';
import { slotOf } from '../../../harness/telemetry/wait-slots.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { frontAndWork } from '../small-application.ts';
import { whyNoTwin } from '../twin-rig.ts';

const distributions: readonly Distribution[] = [
  { kind: 'constant', value: 7 },
  { kind: 'uniform', low: 0, high: 961 },
  { kind: 'uniform', low: 5, high: 5 },
  { kind: 'uniform', low: 0, high: 1_000_000_000 },
  { kind: 'lognormal', median: 29, sigma: 0.78, most: 313 },
  { kind: 'lognormal', median: 0.001, sigma: 0, most: 1 },
  { kind: 'lognormal', median: 1e6, sigma: 5, most: 1_000_000_000 },
];
const seeds = 20_000;

describe.skipIf(whyNoTwin() !== null)('draws in C, under sanitizers', () => {
  test('are those of the harness, seed by seed', () => {
    const folder = temporaryFolder();
    const model = join(folder, 'model');
    const quantities = distributions.map((distribution, index) => ({ name: `q${index}`, distribution, source: '' }));
    writeFileSync(model, compileModel(frontAndWork({ changes: { quantities } })));
    const made = spawnSync('make', ['-C', 'deathstarbench/twin', 'replay-draws'], { encoding: 'utf8' });
    expect(made.status, made.stderr).toBe(0);
    const { status, stdout, stderr } = spawnSync('build/objects/twin-fuzz/replay-draws', [model, String(seeds)], {
      encoding: 'utf8',
      maxBuffer: 100e6,
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(seeds);
    lines.forEach((line, seed) => {
      const ns = deriveDraw(seed, 1001) * 2 ** (deriveDraw(seed, 1002) % 12);
      expect(line.split(' ').map(Number)).toEqual([
        ...distributions.map((distribution, index) => drawQuantity(distribution, uniformDraw(seed, index))),
        naturalLogarithm(uniformDraw(seed, 1000)),
        slotOf(ns),
      ]);
    });
  });
});
