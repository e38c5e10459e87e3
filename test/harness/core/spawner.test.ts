import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../../harness/core/package-root.ts';
import type { ProcessRunner } from '../../../harness/core/process.ts';
import { startSpawner } from '../../../harness/core/spawner.ts';

async function spawnerRunner(): Promise<ProcessRunner> {
  const spawner = await startSpawner();
  onTestFinished(() => spawner[Symbol.asyncDispose]());
  return spawner.run;
}

const workload = join(packageRoot, 'build', 'native', 'scalelab-workload');

const parentOf = (pid: number): number =>
  Number(/^PPid:\s*(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);

async function untilGone(pid: number): Promise<void> {
  while (existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await delay(5);
}

test('a child is none of ours, and tells its lines, its end and its last words as one of ours would', async () => {
  const run = await spawnerRunner();
  const lines: string[] = [];
  const child = await run('/bin/sh', ['-c', 'read name; echo "hello $name"; printf last; echo oh >&2; exit 7'], {
    onLine: (line) => lines.push(line),
  });

  expect(parentOf(child.pid)).not.toBe(process.pid);
  child.writeLine('world');
  expect(await child.exited).toEqual({ exitCode: 7, signal: null, stderrTail: 'oh\n' });
  expect(lines).toEqual(['hello world', 'last']);
});

test('environment and working folder are those that were asked for', async () => {
  const run = await spawnerRunner();
  const lines: string[] = [];
  const onLine = (line: string): number => lines.push(line);
  await (
    await run('/usr/bin/env', [], { onLine })
  ).exited;
  await (
    await run('/usr/bin/env', [], { onLine, environment: { LANG: 'C' } })
  ).exited;
  await (
    await run('/bin/pwd', [], { onLine, workingFolder: '/usr' })
  ).exited;

  expect(lines).toEqual(['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LANG=C', '/usr']);
});

test('many children at once are told apart', async () => {
  const run = await spawnerRunner();
  const numbers = Array.from({ length: 20 }, (_, index) => index);
  const exits = await Promise.all(
    numbers.map(async (number) => (await run('/bin/sh', ['-c', `exit ${number}`])).exited),
  );

  expect(exits.map(({ exitCode }) => exitCode)).toEqual(numbers);
});

test('a program that is not there is an error that names it', async () => {
  const run = await spawnerRunner();

  await expect(run('/no/such/program', [])).rejects.toThrow('spawn /no/such/program ENOENT');
});

test('a child is stopped by force if it must be', async () => {
  const run = await spawnerRunner();
  const child = await run('/bin/sh', ['-c', 'trap "" TERM; while :; do sleep 0.01; done']);

  expect(await child.stop(50)).toMatchObject({ signal: 'SIGKILL' });
});

test('if the spawner is killed, its children die with it, that is told, and no others start', async () => {
  const run = await spawnerRunner();
  const child = await run(workload, ['enter', '--', '/bin/sleep', '1000']);
  process.kill(parentOf(child.pid), 'SIGKILL');

  const stderrTail = 'the process that started it has ended';
  expect(await child.exited).toEqual({ exitCode: null, signal: 'SIGKILL', stderrTail });
  await untilGone(child.pid);
  await expect(run('/bin/true', [])).rejects.toThrow('the process that starts others has ended');
});

test('children die with a harness that is killed', async () => {
  const spawnerModule = pathToFileURL(join(packageRoot, 'dist', 'harness', 'core', 'spawner.js')).href;
  const script = `
    const { startSpawner } = await import(${JSON.stringify(spawnerModule)});
    const { run } = await startSpawner();
    const child = await run(${JSON.stringify(workload)}, ['enter', '--', '/bin/sleep', '1000']);
    console.log(child.pid);`;
  const harness = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [printed] = (await once(harness.stdout, 'data')) as [Buffer];
  const pid = Number(printed.toString());
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  harness.kill('SIGKILL');

  await untilGone(pid);
});
