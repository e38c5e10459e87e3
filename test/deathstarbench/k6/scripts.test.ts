import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../harness/core/package-root.ts';
import { replayScript } from '../../../harness/load/k6/k6-command.ts';

test('the scripts agree with the types of k6', () => {
  const compiler = join(packageRoot, 'node_modules', 'typescript7', 'bin', 'tsc');
  const project = join(packageRoot, 'deathstarbench', 'k6', 'tsconfig.json');

  expect(execFileSync(process.execPath, [compiler, '-p', project], { encoding: 'utf8' })).toBe('');
});

test('a script loads nothing but its own files and what k6 has', () => {
  const loaded = new Set<string>();
  const visit = (file: string): void => {
    loaded.add(basename(file));
    for (const { fileName } of ts.preProcessFile(readFileSync(file, 'utf8'), true, true).importedFiles) {
      if (fileName.startsWith('./')) visit(join(dirname(file), fileName));
      else loaded.add(fileName);
    }
  };
  visit(replayScript);

  expect([...loaded].toSorted()).toEqual(['k6/crypto', 'k6/execution', 'k6/http', 'order.js', 'replay.js']);
});
