import { expect, test } from 'vitest';
import { runCli } from '../../rig/cli.ts';
import { runInRig, simPlan, startFailed, simTestbed, watchedTestbed } from '../../rig/experiment-rig.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

/** An experiment of idle, busy-1 and busy-2 in the simulator; the canary waits longest beside two busy threads. */
async function experiment(blocks: number): Promise<{
  readonly gate: (...args: readonly string[]) => ReturnType<typeof runCli>;
}> {
  const results = temporaryFolder();
  const { recorded } = await runInRig(results, simPlan({ arms: ['idle', 'busy-1', 'busy-2'], blocks }));
  const { folder } = recorded.paths;
  return { gate: (...args) => runCli(['gate', folder, ...args], { folder: results }) };
}

const waits = ['--baseline', 'busy-2', '--metric', 'canary-wait-mean'];

test('arms that meet the bound are told one a line, with the ratio, its interval and the blocks', async () => {
  const { gate } = await experiment(8);
  const met = await gate(...waits, '--at-most', '1');

  expect(met).toMatchObject({ exitCode: 0, stderr: '' });
  const line = (arm: string): string =>
    `met: canary-wait-mean of ${arm} under low is 0\\.\\d+ \\[0\\.\\d+, 0\\.\\d+\\] times that of busy-2, at most 1 asked; 8 blocks, interval level 99\\.2 %\n`;
  expect(met.stdout).toMatch(new RegExp(`^${line('idle')}${line('busy-1')}$`));
});

test('one that does not is exit 6, and the others stand beside it', async () => {
  const { gate } = await experiment(8);
  const args = ['--baseline', 'idle', '--metric', 'canary-wait-mean', '--at-most', '1.05'];
  const both = await gate(...args);

  expect(both).toMatchObject({ exitCode: 6, stderr: 'error: The gate was not met by busy-1, busy-2.\n' });
  expect(both.stdout).toMatch(/^not met: canary-wait-mean of busy-1 .*\nnot met: canary-wait-mean of busy-2 .*\n$/);
  const one = await gate(...args, '--arm', 'busy-2');
  expect(one.stdout.split('\n')).toHaveLength(2);
  expect(await gate('--baseline', 'idle', '--metric', 'canary-wait-mean', '--at-least', '1')).toMatchObject({
    exitCode: 0,
  });
});

test('too few blocks decide nothing, and nothing decided is not met', async () => {
  const { gate } = await experiment(5);
  const { exitCode, stdout, stderr } = await gate(...waits, '--at-most', '1', '--arm', 'idle');

  expect(exitCode).toBe(6);
  expect(stdout).toMatch(
    /^not decided: canary-wait-mean of idle under low is 0\.\d+ times that of busy-2, at most 1 asked; 5 blocks, too few for an interval\n$/,
  );
  expect(stderr).toBe(
    'error: The gate was not met by idle.\n  It was not decided: more blocks make the interval narrower.\n',
  );
});

test('as JSON it is the same numbers', async () => {
  const { gate } = await experiment(6);
  const { exitCode, stdout } = await gate(...waits, '--at-most', '1', '--arm', 'idle', '--json');

  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    { arm: 'idle', load: 'low', blocks: 6, failedBlocks: 0, interval: { level: 0.96875 }, verdict: 'met' },
  ]);
});

test('a failed trial has no bound', async () => {
  const results = temporaryFolder();
  const plan = simPlan({ blocks: 6 });
  const testbed = watchedTestbed(simTestbed(plan), [], ({ id }) => (id === '003-busy-1-1' ? startFailed : null));
  const { recorded } = await runInRig(results, plan, { testbed });
  const args = ['--baseline', 'idle', '--metric', 'canary-wait-mean', '--at-most', '1000'];
  const text = await runCli(['gate', recorded.paths.folder, ...args], { folder: results });
  const json = await runCli(['gate', recorded.paths.folder, ...args, '--json'], { folder: results });

  expect(text.exitCode).toBe(6);
  expect(text.stdout).toMatch(
    /, unbounded\] times that of idle, at most 1000 asked; 6 blocks, one of the two failed in 1, interval level 96\.9 %\n$/,
  );
  expect(JSON.parse(json.stdout)).toMatchObject([{ failedBlocks: 1, interval: { high: 'infinity' } }]);
});

test('a metric that no trial has is told, not taken for 0', async () => {
  const { gate } = await experiment(1);
  const { exitCode, stdout } = await gate(
    ...['--baseline', 'idle', '--metric', 'core-seconds', '--at-most', '1', '--arm', 'busy-1'],
  );

  expect({ exitCode, stdout }).toEqual({
    exitCode: 6,
    stdout: 'not decided: core-seconds of busy-1 under low or of idle has no number in any block\n',
  });
});

test('an experiment without a complete block says nothing', async () => {
  const results = temporaryFolder();
  const plan = simPlan({ blocks: 1 });
  const abort = new AbortController();
  const { recorded } = await runInRig(results, plan, {
    signal: abort.signal,
    onEvent: ({ type }) => {
      if (type === 'trial-finished') abort.abort();
    },
  });
  const { exitCode, stderr } = await runCli(
    ['gate', recorded.paths.folder, '--baseline', 'idle', '--metric', 'canary-wait-mean', '--at-most', '1'],
    { folder: results },
  );

  expect({ exitCode, stderr }).toEqual({
    exitCode: 6,
    stderr:
      'The experiment is unfinished; this is what it says so far.\nerror: experiment-1 has no complete block: nothing can be said.\n',
  });
});

test.each([
  [
    ['--baseline', 'idel', '--metric', 'canary-wait-mean', '--at-most', '1'],
    'error: --baseline: unknown arm "idel", did you mean "idle"?\n',
  ],
  [
    ['--baseline', 'idle', '--metric', 'canary-wait-mean', '--at-most', '1', '--arm', 'showar'],
    'error: --arm: unknown arm "showar", expected one of idle, busy-1, busy-2\n',
  ],
  [
    ['--baseline', 'idle', '--metric', 'canary-wait-mean', '--at-most', '1', '--arm', 'idle'],
    'error: --arm: idle is the baseline, expected one of busy-1, busy-2.\n',
  ],
  [
    ['--baseline', 'idle', '--metric', 'canary-wait-p59', '--at-most', '1'],
    'error: --metric: unknown metric "canary-wait-p59", did you mean "canary-wait-p95"?\n',
  ],
  [
    ['--baseline', 'idle', '--metric', 'canary-wait-mean'],
    'error: Expected either --at-most or --at-least, with a ratio such as 1.05.\n',
  ],
  [
    ['--baseline', 'idle', '--metric', 'canary-wait-mean', '--at-most', '1', '--at-least', '1'],
    'error: Expected either --at-most or --at-least, with a ratio such as 1.05.\n',
  ],
  [
    ['--baseline', 'idle', '--metric', 'canary-wait-mean', '--at-most', '105%'],
    "error: option '--at-most <ratio>' argument '105%' is invalid. Expected a ratio such as 1.05.\n(run with --help for usage)\n",
  ],
])('gate %j', async (args, expected) => {
  const { gate } = await experiment(1);

  expect(await gate(...args)).toMatchObject({ exitCode: 2, stderr: expected, stdout: '' });
});

test('a folder that is no experiment is told as by the other commands', async () => {
  const folder = temporaryFolder();
  const { exitCode, stderr } = await runCli(
    ['gate', folder, '--baseline', 'a', '--metric', 'core-seconds', '--at-most', '1'],
    { folder },
  );

  expect(exitCode).toBe(2);
  expect(stderr).toContain('is not an experiment');
});
