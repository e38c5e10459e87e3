import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createRunFolder, leftoverFolders } from '../../../../harness/testbed/local/run-folder.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

test('a run has a folder that nobody else may look into', () => {
  const folder = createRunFolder(temporaryFolder(), 'ours', process.pid);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
});

test('a folder that somebody else has put there is refused, with what to do', () => {
  const parent = temporaryFolder();
  const folder = createRunFolder(parent, 'ours', process.pid);
  expect(() => createRunFolder(parent, 'ours', process.pid)).toThrow(
    expect.objectContaining({
      code: 'machine-lacks',
      message: expect.stringContaining(`The folder ${folder} cannot be made: EEXIST`) as string,
      hint: 'Make room in it, or set TMPDIR to a folder that is writable.',
    }) as Error,
  );
});

test('left over are those of runs whose process is gone, of our subtree alone, and not those of another container', () => {
  const parent = temporaryFolder();
  const own = createRunFolder(parent, 'ours', process.pid);
  for (const name of [
    'ours-run-999999999-1',
    'ours-run-999999998-1',
    `ours-run-${process.pid}-1`,
    'theirs-run-999999999-1',
    'ours-run-x-1',
    'ours-else',
  ]) {
    mkdirSync(join(parent, name));
  }
  const found = leftoverFolders(parent, 'ours', (run) => run === 'run-999999998-1');
  expect([...found].sort()).toEqual(
    [join(parent, 'ours-run-999999999-1'), join(parent, `ours-run-${process.pid}-1`)].sort(),
  );
  expect(existsSync(own)).toBe(true);
});
