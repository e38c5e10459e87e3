import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../harness/core/package-root.ts';
import { replayScript } from '../../../harness/load/k6/k6-command.ts';

test('the scripts agree with the types of k6', () => {
  const compiler = join(packageRoot, 'node_modules', 'typescript7', 'bin', 'tsc');
  const project = join(packageRoot, 'deathstarbench', 'k6', 'tsconfig.json');

  expect(execFileSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' })).toBe('');
});

/** Every file that a script loads, itself among them, and what else it asks for. */
function loadedBy(file: string, seen = new Set<string>()): ReadonlySet<string> {
  const name = relative(packageRoot, file);
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles) {
    if (fileName.startsWith('.')) loadedBy(join(dirname(file), fileName), seen);
    else seen.add(fileName);
  }
  return seen;
}

test('a script loads nothing that k6 has not or the package does not hold', () => {
  const types = /^dist\/harness\/load\/port\.js$/;

  expect([...loadedBy(replayScript)].filter((name) => !types.test(name)).toSorted()).toEqual([
    'deathstarbench/k6/order.js',
    'deathstarbench/k6/replay.js',
    'dist/harness/application/build-request.js',
    'dist/harness/application/draw-quantity.js',
    'dist/harness/application/draw.js',
    'dist/harness/load/trace-context.js',
    'k6/crypto',
    'k6/execution',
    'k6/http',
  ]);
  const { files } = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8')) as { files: string[] };
  expect(files).toEqual(expect.arrayContaining(['dist', 'deathstarbench']));
});
