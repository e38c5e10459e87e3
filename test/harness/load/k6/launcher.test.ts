import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startChild } from '../../../../harness/core/process.ts';
import { chooseLauncher, type Launcher } from '../../../../harness/load/k6/launcher.ts';
import { findProgram } from '../../../../harness/core/find-program.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

const searchPath = process.env['PATH'] ?? '';
const hasTools = findProgram('taskset', searchPath) !== null && findProgram('chrt', searchPath) !== null;

const firstAllowed = hasTools
  ? (/^Cpus_allowed_list:\t(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0')
  : '0';

/** What the kernel says of a program that was started so. */
async function statusUnder({ prefix }: Launcher): Promise<{ readonly cpus: string; readonly policy: number }> {
  const lines: string[] = [];
  const args = [...prefix.slice(1), ...(prefix.length > 0 ? ['cat'] : []), '/proc/self/status', '/proc/self/stat'];
  const child = await startChild(prefix[0] ?? 'cat', args, { onLine: (line) => lines.push(line) });
  await child.exited;
  const text = lines.join('\n');
  // The policy is the 41st field of stat, the 39th after the name.
  const policy = Number((lines.at(-1) ?? '').split(') ')[1]?.split(' ')[38]);
  return { cpus: /^Cpus_allowed_list:\t(\S+)$/m.exec(text)?.[1] ?? '', policy };
}

test.skipIf(!hasTools)('k6 runs on its CPUs, with real-time priority if that is what is told', async () => {
  const launcher = await chooseLauncher(startChild, searchPath, firstAllowed);

  const { cpus, policy } = await statusUnder(launcher);

  expect(cpus).toBe(firstAllowed);
  expect(policy).toBe(launcher.priority === 'real-time' ? 2 : 0);
  expect(launcher.priorityNote === null).toBe(launcher.priority === 'real-time');
});

test('without CPUs of its own it has no priority, which would starve the application', async () => {
  expect(await chooseLauncher(startChild, searchPath, null)).toEqual({
    prefix: [],
    priority: 'normal',
    priorityNote: 'k6 has no CPUs of its own',
  });
});

test.skipIf(!hasTools)('without chrt it runs all the same, and says what it lacks', async () => {
  const folder = temporaryFolder();
  symlinkSync(findProgram('taskset', searchPath) ?? '', join(folder, 'taskset'));

  expect(await chooseLauncher(startChild, folder, firstAllowed)).toEqual({
    prefix: [join(folder, 'taskset'), '-c', firstAllowed],
    priority: 'normal',
    priorityNote: 'no program chrt on PATH',
  });
});

test.skipIf(!hasTools)('CPUs that are not there are refused before anything is sent', async () => {
  await expect(chooseLauncher(startChild, searchPath, '4096')).rejects.toMatchObject({
    code: 'load-failed',
    message: expect.stringMatching(
      /^k6 cannot be bound to CPU 4096: taskset: failed to set pid \d+'s affinity: /,
    ) as string,
  });
});
