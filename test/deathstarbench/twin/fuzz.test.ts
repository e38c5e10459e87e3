import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { whyNoTwin } from '../twin-rig.ts';

const seeds = 'test/deathstarbench/twin/seeds';
const seconds = 5;

/** Ends with what libFuzzer says: the last line of a run without a finding begins with `Done`. */
function fuzz(target: string, folder: string): Promise<{ readonly status: number | null; readonly output: string }> {
  const corpus = join(folder, 'corpus');
  mkdirSync(corpus);
  const dictionary = join(seeds, `${target}.dict`);
  const args = [
    `build/objects/twin-fuzz/fuzz-${target}`,
    `-max_total_time=${seconds}`,
    '-max_len=20000',
    '-timeout=5',
    `-artifact_prefix=${folder}/`,
    ...(existsSync(dictionary) ? [`-dict=${dictionary}`] : []),
    corpus,
    join(seeds, target),
  ];
  return new Promise((resolve) => {
    const child = spawn('nice', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
    child.on('close', (status) => {
      resolve({ status, output });
    });
  });
}

describe.skipIf(whyNoTwin() !== null)('any bytes', () => {
  let whyNot: string | null = null;
  beforeAll(() => {
    const made = spawnSync('make', ['-C', 'deathstarbench/twin', 'fuzz'], { encoding: 'utf8' });
    if (/cannot find .*libclang_rt|clang: not found/.test(made.stderr)) whyNot = 'libFuzzer is not installed';
    else expect(made.status, made.stderr).toBe(0);
  }, 180_000);

  test.for(['http', 'frame', 'model'])(
    `as %s: ${seconds} seconds of them find nothing`,
    { timeout: 120_000 },
    async (target, context) => {
      if (whyNot !== null) context.skip(whyNot);
      const folder = temporaryFolder();
      const { status, output } = await fuzz(target, folder);
      const found = readdirSync(folder).filter((name) => name !== 'corpus');
      expect(found.map((name) => `${name}: ${readFileSync(join(folder, name), 'base64')}`)).toEqual([]);
      expect({ status, isDone: output.includes('Done') }, output).toEqual({ status: 0, isDone: true });
    },
  );
});
