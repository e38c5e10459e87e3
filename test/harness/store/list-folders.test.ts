import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listFolders } from '../../../harness/store/list-folders.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

test('folders are listed, files and links are not', () => {
  const root = temporaryFolder();
  for (const name of ['runqueue', 'with space']) mkdirSync(join(root, name));
  writeFileSync(join(root, 'README.md'), '');
  symlinkSync('runqueue', join(root, 'latest'));
  expect([...listFolders(root)].sort()).toEqual([join(root, 'runqueue'), join(root, 'with space')]);
});

test('what is not there, or is no folder, has none', () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'file'), '');
  expect(listFolders(join(root, 'gone'))).toEqual([]);
  expect(listFolders(join(root, 'file'))).toEqual([]);
  expect(listFolders(join(root, 'file', 'below'))).toEqual([]);
});
