import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  descendants,
  runCli,
  startCli,
  testSubtree,
  testSubtrees,
  whyNoKernelTests,
  type RunningCli,
} from '../rig/cli.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

const reason = whyNoKernelTests();

/** What is left of runs of this file in all hierarchies and among the temporary folders. */
function left(): readonly string[] {
  const cgroups = testSubtrees().filter((path) => existsSync(path));
  return [...cgroups, ...readdirSync(tmpdir()).filter((name) => name.startsWith(`${testSubtree}-run-`))];
}

/** Waits until it has said something; answers the first part of the pattern. */
async function said(cli: RunningCli, pattern: RegExp): Promise<string> {
  for (let wait = 0; wait < 1000; wait++) {
    const found = pattern.exec(cli.stdout());
    if (found !== null) return found[1] ?? '';
    await delay(20);
  }
  throw new Error(`it never said ${String(pattern)}:\n${cli.stdout()}`);
}

const upAt = (cli: RunningCli): Promise<string> => said(cli, /is up at (http:\S+),/);

describe.skipIf(reason !== null)(`app and gc${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('app up keeps an application running, shows how to ask it, and ctrl-C takes all of it down', async () => {
    const folder = temporaryFolder();
    const cli = startCli(['app', 'up', '--application', 'echo', '--scale', 'echo=2'], { folder });
    const url = await upAt(cli);
    expect(descendants(cli.pid, 'scalelab-twin')).toHaveLength(3);
    const [say = ''] = cli
      .stdout()
      .split('\n')
      .filter((line) => line.includes('curl -d'));
    expect(execFileSync('sh', ['-c', `${say.trim()} -s`], { encoding: 'utf8' })).toMatch(/^Success!/);
    process.kill(cli.pid, 'SIGINT');
    const { exitCode, stdout, stderr } = await cli.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(
      /^echo is up at http:\/\/127\.0\.0\.1:\d+, 3 replicas\. Ctrl-C takes it down\.\nThe application has CPUs? [^\n]+\n\nsay\n {2}curl -d [^\n]+\nlook\n {2}curl [^\n]+\n/,
    );
    expect(stderr).toBe('Taking the application down. Once more to stop at once.\n');
    await expect(fetch(url)).rejects.toThrow();
    expect(left()).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('with a load it says every few seconds how that goes', async () => {
    const cli = startCli(['app', 'up', '--application', 'echo', '--load', 'even 40/s'], { folder: temporaryFolder() });
    await said(cli, /^(5 s .*)$/m);
    process.kill(descendants(cli.pid, 'scalelab-twin')[0] ?? 0, 'SIGKILL');
    await said(cli, /^(gate-2 takes the place of gate-1, .*|echo-2 takes the place of echo-1, .*)$/m);
    process.kill(cli.pid, 'SIGINT');
    const { exitCode, stdout, stderr } = await cli.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(
      /^5 s {2}offered \d\d\.\d\/s {2}completed \d\d\.\d\/s {2}failed 0 {2}p95 [\d.]+ ms {2}0\.\d\d cores {2}2 replicas ready$/m,
    );
    expect(left()).toEqual([]);
  });

  test('a testbed file says on which port, and who is in the way', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => {
      server.close();
    });
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'here.yaml'), `kind: local\nport: ${port}\n`);
    const { exitCode, stderr } = await runCli(['app', 'up', 'here.yaml', '--application', 'echo'], { folder });
    expect(exitCode).toBe(3);
    expect(stderr).toMatch(
      new RegExp(`^error: Port ${port} of 127\\.0\\.0\\.1 is in use by .+ \\(process ${process.pid}\\)\\.\n`),
    );
    expect(stderr).toContain('error: The application cannot be kept running here; nothing was started.\n');
    expect(left()).toEqual([]);
  });

  test.each([
    [['--application', 'ehco'], 'error: --application: unknown application "ehco", did you mean "echo"?\n'],
    [['--application', 'echo', '--scale', 'ecko=2'], 'error: --scale: unknown service "ecko", did you mean "echo"?\n'],
    [
      ['--application', 'echo', '--scale', 'echo'],
      'error: --scale: found "echo", expected a service and its replicas, 0 to 100, such as text-service=2.\n',
    ],
    [
      ['--load', '100/s'],
      `error: --load: found "100/s", expected arrivals and a rate such as 'poisson 100/s' or 'even 20/s'.\n`,
    ],
    [['there.yaml'], 'error: The testbed file there.yaml cannot be read: '],
  ])('app up %j is refused', async (options, message) => {
    const { exitCode, stderr } = await runCli(['app', 'up', ...options], { folder: temporaryFolder() });
    expect(exitCode).toBe(2);
    expect(stderr.slice(0, message.length)).toBe(message);
  });

  test('mistakes in a testbed file are shown with their place, and another testbed is refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'wrong.yaml'), 'kind: local\nprot: 80\n');
    writeFileSync(join(folder, 'sim.yaml'), 'kind: sim\ncores: 2 cores\n');
    const wrong = await runCli(['app', 'up', 'wrong.yaml'], { folder });
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      `error: 1 mistake in the testbed file; nothing was started.\nwrong.yaml:2:1: prot: unknown key "prot", did you mean "port"?\n    prot: 80\n    ^\n`,
    ]);
    const sim = await runCli(['app', 'up', 'sim.yaml'], { folder });
    expect([sim.exitCode, sim.stderr]).toEqual([
      2,
      'error: sim.yaml describes the testbed sim, on which no application can be kept running.\n' +
        '  Name a file with `kind: local`, such as profiles/testbeds/local.yaml.\n',
    ]);
  });

  test('what a killed one has left is shown by gc, and then removed; one that goes on is left alone', async () => {
    const folder = temporaryFolder();
    const killed = startCli(['app', 'up', '--application', 'echo'], { folder });
    await upAt(killed);
    process.kill(killed.pid, 'SIGKILL');
    await killed.ended;
    const show = await runCli(['gc', '--show'], { folder });
    expect(show.exitCode).toBe(0);
    const lines = show.stdout.split('\n');
    expect(lines.filter((line) => line.startsWith('cgroup   ') && line.includes(`run-${killed.pid}-`))).toHaveLength(
      testSubtrees().length,
    );
    expect(lines.filter((line) => line.startsWith('folder   '))).toHaveLength(1);
    expect(show.stdout).toMatch(/All of it is of runs that were killed; `npx scalelab gc` removes it\.\n$/);
    expect(left()).not.toEqual([]);
    expect((await runCli(['gc'], { folder })).stdout).toMatch(/Removed\.\n$/);
    expect(left()).toEqual([]);
    expect((await runCli(['gc'], { folder })).stdout).toBe('Nothing is left of runs that were killed.\n');

    const goesOn = startCli(['app', 'up', '--application', 'echo'], { folder });
    const url = await upAt(goesOn);
    expect((await runCli(['gc'], { folder })).stdout).toBe(
      `Another run of Scalelab measures this machine: process ${goesOn.pid}. It is left alone.\nNothing is left of runs that were killed.\n`,
    );
    expect((await fetch(`${url}/look?user_id=1`)).status).toBe(200);
    process.kill(goesOn.pid, 'SIGINT');
    expect((await goesOn.ended).exitCode).toBe(0);
    expect(left()).toEqual([]);
  });
});
