import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageRoot } from '../../../harness/core/package-root.ts';
import { runCli } from '../../rig/cli.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const shipped = join(packageRoot, 'profiles', 'load');

test('a load is drawn with its numbers, without colours where nobody looks', async () => {
  const args = ['load', 'trace.yaml', '--show', '--application', 'social-network'];
  const { exitCode, stdout, stderr } = await runCli(args, { folder: shipped });

  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout.split('\n')[0]).toBe('trace.yaml: 3 min, seed 1');
  expect(stdout).toContain('requests            13103 drawn, 13104 expected, in 3 min\n');
  expect(stdout).toMatch(/\nendpoints\n( {2}[a-z-]+ +\d+, \d+(\.\d+)? %\n)+sha256 {14}[0-9a-f]{64}\n$/);
  expect(stdout).not.toContain('\u001b');
});

test('without --show it is a line, and with --json what the line and the plot are made of', async () => {
  const args = ['load', 'steps.yaml', '--duration', '2m', '--seed', '-7'];
  const line = await runCli(args, { folder: shipped });
  const json = await runCli([...args, '--json'], { folder: shipped });
  const sha256 = /sha256 ([0-9a-f]{64})\./.exec(line.stdout)?.[1];

  expect(line.stdout).toBe(`steps.yaml: 2 min, seed -7: 4800 requests, sha256 ${sha256 ?? ''}. Draw it with --show.\n`);
  expect(JSON.parse(json.stdout)).toMatchObject({
    file: 'steps.yaml',
    seed: -7,
    durationMs: 120_000,
    requests: 4800,
    endpoints: null,
    sha256,
  });
});

test('mistakes are told where they are, in the load or in what it names', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'load'));
  writeFileSync(join(folder, 'load', 'bad.yaml'), 'rate: { shape: trace, file: numbers.csv }\n');
  writeFileSync(join(folder, 'load', 'numbers.csv'), '1\ntwo\n');
  const { exitCode, stdout, stderr } = await runCli(['load', 'load/bad.yaml', '--show'], { folder });

  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toBe(`error: 1 mistake in the load.
load/numbers.csv:2:1: found "two", expected a rate per second from 0 to 1000000
    two
    ^
`);
});

test.each([
  [['load', 'no.yaml'], "error: The load no.yaml cannot be read: ENOENT: no such file or directory, stat 'no.yaml'.\n"],
  [
    ['load', 'mix.yaml', '--application', 'echo'],
    'error: The application echo: unknown mix "origami", expected one of both, say-only.\n',
  ],
  [['load', 'fast.yaml'], 'error: The load fast has some 60000000 requests in a trial, expected at most 16000000.\n'],
])('%j ends with 2', async (args, message) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'mix.yaml'), 'rate: 1/s\nmix: origami\n');
  writeFileSync(join(folder, 'fast.yaml'), 'rate: 1000000/s\n');
  const { exitCode, stderr } = await runCli(args, { folder });

  expect(exitCode).toBe(2);
  expect(stderr).toContain(message);
});
