import { mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { lockFolder } from '../../../harness/core/lock.ts';
import { packageRoot } from '../../../harness/core/package-root.ts';
import { startChild, type Child } from '../../../harness/core/process.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const holder = join(packageRoot, 'test', 'rig', 'hold-lock.ts');

/** A real other process that tries to take the lock, and what it said. */
async function tryInOtherProcess(folder: string): Promise<{ readonly child: Child; readonly answer: string }> {
  const lines: string[] = [];
  const tsx = join(packageRoot, 'node_modules', 'tsx', 'dist', 'loader.mjs');
  const child = await startChild(process.execPath, ['--import', tsx, holder, folder], {
    onLine: (line) => lines.push(line),
  });
  onTestFinished(async () => {
    await child.stop(0);
  });
  // A refused one ends; one that holds the lock stays.
  const end = child.exited.then(({ stderrTail }) => lines.push(stderrTail));
  while (lines.length === 0) await Promise.race([end, delay(5)]);
  return { child, answer: lines[0] ?? '' };
}

test('a second taker gets null, and the lock can be taken again when the first gives it back', async () => {
  const folder = temporaryFolder();
  const first = await lockFolder(folder);
  expect(first).not.toBeNull();
  expect(await lockFolder(folder)).toBeNull();
  await first?.[Symbol.asyncDispose]();
  const again = await lockFolder(folder);
  expect(again).not.toBeNull();
  await again?.[Symbol.asyncDispose]();
});

test('two folders have two locks', async () => {
  const root = temporaryFolder();
  for (const name of ['a', 'b']) mkdirSync(join(root, name));
  await using a = await lockFolder(join(root, 'a'));
  await using b = await lockFolder(join(root, 'b'));
  expect([a, b]).not.toContain(null);
});

test('a link to the folder leads to the same lock', async () => {
  const root = temporaryFolder();
  mkdirSync(join(root, 'experiment'));
  symlinkSync('experiment', join(root, 'latest'));
  await using lock = await lockFolder(join(root, 'latest'));
  expect(lock).not.toBeNull();
  expect(await lockFolder(realpathSync(join(root, 'latest')))).toBeNull();
});

test('another process is refused while this one holds the lock', async () => {
  const folder = temporaryFolder();
  await using lock = await lockFolder(folder);
  expect(lock).not.toBeNull();
  expect((await tryInOtherProcess(folder)).answer).toBe('refused');
});

test('a process that is killed gives its lock back', async () => {
  const folder = temporaryFolder();
  const { child, answer } = await tryInOtherProcess(folder);
  expect(answer).toBe('held');
  expect(await lockFolder(folder)).toBeNull();

  process.kill(child.pid, 'SIGKILL');
  expect((await child.exited).signal).toBe('SIGKILL');
  await using lock = await lockFolder(folder);
  expect(lock).not.toBeNull();
});

test('a folder that does not exist cannot be locked', async () => {
  await expect(lockFolder(join(temporaryFolder(), 'gone'))).rejects.toMatchObject({ code: 'ENOENT' });
});
