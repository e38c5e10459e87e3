import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startChild, type Child } from '../../../harness/core/process.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

/** A child that runs a shell script, and the lines it has printed. */
async function startScript(script: string): Promise<{ readonly child: Child; readonly lines: string[] }> {
  const lines: string[] = [];
  const child = await startChild('/bin/sh', ['-c', script], { onLine: (line) => lines.push(line) });
  return { child, lines };
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await delay(5);
}

/** False for a process that is gone or only waits to be buried. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

test('lines come without their end, an unfinished last one too, and the exit status is told', async () => {
  const { child, lines } = await startScript('printf "one\\ntwo\\n\\nlast"; exit 7');
  expect(await child.exited).toEqual({ exitCode: 7, signal: null, stderrTail: '' });
  expect(lines).toEqual(['one', 'two', '', 'last']);
});

test('the end of standard error is kept, and no more than that', async () => {
  const { child } = await startScript('i=0; while [ $i -lt 1000 ]; do echo "line $i" >&2; i=$((i+1)); done');
  const { stderrTail } = await child.exited;
  expect(stderrTail).toHaveLength(4096);
  expect(stderrTail.endsWith('line 998\nline 999\n')).toBe(true);
});

test('the environment is what was given, and by default holds nothing but a search path', async () => {
  const environmentOf = async (environment?: Record<string, string>): Promise<string[]> => {
    const lines: string[] = [];
    const options = environment === undefined ? {} : { environment };
    const child = await startChild('/usr/bin/env', [], { ...options, onLine: (line) => lines.push(line) });
    await child.exited;
    return lines;
  };
  expect(await environmentOf()).toEqual(['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']);
  expect(await environmentOf({ LANG: 'C' })).toEqual(['LANG=C']);
});

test('pieces of its output come as they are, and whole characters', async () => {
  let text = '';
  const script = 'printf "a\\n\\303"; sleep 0.05; printf "\\244 b"; pwd >&2';
  const workingFolder = realpathSync(temporaryFolder());
  const child = await startChild('/bin/sh', ['-c', script], { onOutput: (piece) => (text += piece), workingFolder });
  expect(await child.exited).toMatchObject({ exitCode: 0, stderrTail: `${workingFolder}\n` });
  expect(text).toBe('a\nä b');
});

test('a program that is missing or may not be run rejects', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'text'), 'text', { mode: 0o644 });
  await expect(startChild(join(folder, 'gone'), [])).rejects.toMatchObject({ code: 'ENOENT' });
  await expect(startChild(join(folder, 'text'), [])).rejects.toMatchObject({ code: 'EACCES' });
  await expect(startChild(folder, [])).rejects.toMatchObject({ code: 'EACCES' });
});

test('it reads what is written to it, and writing after its end is ignored', async () => {
  const { child, lines } = await startScript('read line; echo "got $line"');
  child.writeLine('a b');
  await child.exited;
  child.writeLine('nobody reads this');
  expect(lines).toEqual(['got a b']);
});

test('writing to a child that has closed its input but runs on harms nothing', async () => {
  const { child, lines } = await startScript('exec <&-; echo closed; exec sleep 1000');
  await until(() => lines.length > 0);
  for (let count = 0; count < 100; count++) child.writeLine('x'.repeat(1000));
  await delay(20);
  expect((await child.stop(0)).signal).toBe('SIGTERM');
});

test('stop lets a child end by itself when its input closes', async () => {
  const { child } = await startScript('cat > /dev/null; exit 3');
  expect(await child.stop(60_000)).toMatchObject({ exitCode: 3, signal: null });
});

test('stop may be called twice, and after the end', async () => {
  const { child } = await startScript('exec sleep 1000');
  const [first, second] = await Promise.all([child.stop(0), child.stop(0)]);
  expect(first).toEqual({ exitCode: null, signal: 'SIGTERM', stderrTail: '' });
  expect(second).toEqual(first);
  expect(await child.stop(0)).toEqual(first);
});

test('a child that ignores TERM is killed', async () => {
  const { child, lines } = await startScript('trap "" TERM; echo ready; while :; do sleep 0.01; done');
  await until(() => lines.length > 0);
  expect((await child.stop(20)).signal).toBe('SIGKILL');
});

test('a grandchild that holds the pipe and ignores TERM ends too', async () => {
  const grandchild = 'trap "" TERM; echo $$; while :; do sleep 0.01; done';
  const { child, lines } = await startScript(`sh -c '${grandchild}' & exec sleep 1000`);
  await until(() => lines.length > 0);
  const pid = Number(lines[0]);
  expect(isRunning(pid)).toBe(true);
  expect((await child.stop(20)).signal).toBe('SIGTERM');
  // It was killed; its end may take an instant longer than its closing of the pipe.
  await until(() => !isRunning(pid));
});

test('when a child ends by itself, what it left in its group is killed, also if it holds no pipe', async () => {
  const { child, lines } = await startScript('sleep 1000 > /dev/null 2>&1 < /dev/null & echo $!');
  expect(await child.exited).toMatchObject({ exitCode: 0 });
  await until(() => !isRunning(Number(lines[0])));
});

test('something that left the group and keeps the output open does not keep stop from ending', async () => {
  const script = join(temporaryFolder(), 'escape.sh');
  writeFileSync(script, 'setsid sh -c "echo \\$\\$; exec sleep 1000" & exec sleep 1000\n');
  const { child, lines } = await startScript(`. ${script}`);
  await until(() => lines.length > 0);
  const escaped = Number(lines[0]);
  try {
    expect((await child.stop(20)).signal).toBe('SIGTERM');
    expect(isRunning(escaped)).toBe(true);
  } finally {
    process.kill(escaped, 'SIGKILL');
  }
});

test('leaving its scope stops a child', async () => {
  const { child } = await startScript('cat > /dev/null');
  {
    await using stopped = child;
    expect(isRunning(stopped.pid)).toBe(true);
  }
  expect(isRunning(child.pid)).toBe(false);
});
