import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findProgram, isRunnable } from '../../../harness/core/find-program.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

/** Two folders on a search path; the second holds a program, the first something of the same name that may not be run. */
function searchPath(): { readonly first: string; readonly second: string; readonly path: string } {
  const root = temporaryFolder();
  const [first, second] = [join(root, 'first'), join(root, 'with space')];
  for (const folder of [first, second]) mkdirSync(folder);
  writeFileSync(join(second, 'stress'), '', { mode: 0o755 });
  return { first, second, path: `:${join(root, 'gone')}:${first}::${second}:` };
}

test('the first file on the search path that may be run is found', () => {
  const { first, second, path } = searchPath();
  expect(findProgram('stress', path)).toBe(join(second, 'stress'));
  writeFileSync(join(first, 'stress'), '', { mode: 0o755 });
  expect(findProgram('stress', path)).toBe(join(first, 'stress'));
});

test('a file that may not be run and a folder are passed over', () => {
  const { first, second, path } = searchPath();
  writeFileSync(join(first, 'stress'), '', { mode: 0o644 });
  expect(findProgram('stress', path)).toBe(join(second, 'stress'));
  mkdirSync(join(first, 'k6'));
  expect(findProgram('k6', path)).toBeNull();
});

test('nothing is found in an empty search path, and the current folder is never meant', () => {
  expect(findProgram('package.json', '')).toBeNull();
  expect(findProgram('setup.mjs', '::')).toBeNull();
});

test('a link counts as what it points at', () => {
  const { first, second } = searchPath();
  symlinkSync(join(second, 'stress'), join(first, 'link'));
  symlinkSync(join(second, 'gone'), join(first, 'broken'));
  expect([join(first, 'link'), join(first, 'broken')].map(isRunnable)).toEqual([true, false]);
});
