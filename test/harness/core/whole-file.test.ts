import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import { makeFolder, writeWholeFile, writeWholeFileBy } from '../../../harness/core/whole-file.ts';
import { fillDisk, smallDisk } from '../../rig/small-disk.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

/** Root may write anywhere, so it has to become somebody else for a moment. */
function withoutPrivileges(act: () => void): void {
  const isRoot = process.geteuid?.() === 0;
  if (isRoot) process.seteuid?.(65_534);
  try {
    act();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('a file is written with its content, in place of the one that was there, and nothing lies beside it', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'plan.json');
  writeWholeFile(path, 'first, and longer');
  writeWholeFile(path, 'second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  expect(readdirSync(folder)).toEqual(['plan.json']);
});

test('a full disk is named, the file that was there stays, and nothing half-written is left', (context) => {
  const folder = smallDisk(context);
  const path = join(folder, 'summary.json');
  writeWholeFile(path, 'old');
  fillDisk(folder, 8192);
  const error = errorOf(() => {
    writeWholeFile(path, 'x'.repeat(100_000));
  });
  expect(error).toBeInstanceOf(HarnessError);
  expect(error).toMatchObject({
    code: 'results-not-writable',
    exitStatus: 3,
    message: `${path} could not be written: the disk is full.`,
    hint: 'Free some space and run the same command again; what was finished stays valid.',
    cause: { code: 'ENOSPC' },
  });
  expect(readFileSync(path, 'utf8')).toBe('old');
  expect(readdirSync(folder).sort()).toEqual(['fill.tmp', 'summary.json']);
});

test('a folder that may not be written is named with what the system says, and without the temporary name', () => {
  const folder = temporaryFolder();
  chmodSync(folder, 0o555);
  const path = join(folder, 'plan.json');
  withoutPrivileges(() => {
    const error = errorOf(() => {
      writeWholeFile(path, 'x');
    });
    expect(error).toMatchObject({
      code: 'results-not-writable',
      message: `${path} could not be written: permission denied.`,
      hint: 'Make the folder writable, or choose another with --results DIR.',
    });
  });
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  ['a folder that is gone', (folder: string) => join(folder, 'gone', 'x'), 'no such file or directory'],
  ['a file where the folder should be', (folder: string) => join(folder, 'file', 'x'), 'not a directory'],
  ['a folder where the file should be', (folder: string) => join(folder, 'folder'), 'illegal operation on a directory'],
  ['a name that is too long', (folder: string) => join(folder, 'x'.repeat(300)), 'name too long'],
])('%s is said, in the words of the system', (_, pathIn, reason) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'file'), '');
  mkdirSync(join(folder, 'folder'));
  const path = pathIn(folder);
  expect(
    errorOf(() => {
      writeWholeFile(path, 'x');
    }),
  ).toMatchObject({ code: 'results-not-writable', message: `${path} could not be written: ${reason}.` });
  expect(readdirSync(folder).sort()).toEqual(['file', 'folder']);
});

test('a writer that fails leaves no file, and a defect of its own is passed on as it is', async () => {
  const folder = temporaryFolder();
  const path = join(folder, 'samples.parquet');
  const defect = new TypeError('a column is missing');
  const written = writeWholeFileBy(path, (temporary) => {
    writeFileSync(temporary, 'half');
    return Promise.reject(defect);
  });
  await expect(written).rejects.toBe(defect);
  expect(readdirSync(folder)).toEqual([]);
});

test('a writer works under another name, and the file appears when it is done', async () => {
  const path = join(temporaryFolder(), 'samples.parquet');
  await writeWholeFileBy(path, (temporary) => {
    writeFileSync(temporary, 'whole');
    expect(existsSync(path)).toBe(false);
    return Promise.resolve();
  });
  expect(readFileSync(path, 'utf8')).toBe('whole');
});

test('a folder is made with those above it, and one that is there is left alone', () => {
  const root = temporaryFolder();
  const folder = join(root, 'a', 'b', 'c');
  makeFolder(folder);
  writeFileSync(join(folder, 'kept'), '');
  makeFolder(folder);
  expect(readdirSync(folder)).toEqual(['kept']);
});

test('a folder that cannot be made is named', () => {
  const root = temporaryFolder();
  writeFileSync(join(root, 'file'), '');
  const folder = join(root, 'file', 'a');
  expect(
    errorOf(() => {
      makeFolder(folder);
    }),
  ).toMatchObject({ code: 'results-not-writable', message: `${folder} could not be written: not a directory.` });
});
