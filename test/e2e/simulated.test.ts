import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { latest, runCli, startCli } from '../rig/cli.ts';
import { simProfileText } from '../rig/experiment-rig.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

function folderWithProfile(text: string, name = 'sim.yaml'): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'profiles'));
  writeFileSync(join(folder, 'profiles', name), text);
  return folder;
}

test('a run writes its report, says the answer and where it is; verify holds; report makes it again', async () => {
  const folder = folderWithProfile(simProfileText({ arms: ['idle', 'busy-2'], blocks: 8 }));
  const run = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stderr).toMatch(/^8 blocks x 2 arms x 3 s = /);
  expect(run.stderr).toContain('[16/16] block 8');
  expect(run.stdout).toMatch(
    /^\nTwo busy threads raised the canary’s p95 run-queue wait under load “low” by .+ \(median of 8 blocks, exact interval at 99\.2 %\)/,
  );
  const experiment = latest(folder, 'sim');
  for (const file of [
    'report.html',
    'report.md',
    'summary.json',
    'manifest.json',
    'plan.json',
    'profile.yaml',
    'log.jsonl',
  ]) {
    expect(existsSync(join(experiment, file)), file).toBe(true);
  }
  expect(readdirSync(join(experiment, 'figures')).length).toBeGreaterThanOrEqual(6);

  const verify = await runCli(['verify', experiment], { folder });
  expect(verify).toMatchObject({ exitCode: 0, stderr: '' });
  expect(verify.stdout).toContain('verdicts of 16 trials, computed again');

  const before = statSync(join(experiment, 'report.html')).mtimeMs;
  const report = await runCli(['report', experiment], { folder });
  expect(report.exitCode).toBe(0);
  expect(report.stdout).toBe(run.stdout.replace(/20\d+T\d+Z-[0-9a-f]{6}/g, 'latest'));
  expect(statSync(join(experiment, 'report.html')).mtimeMs).toBeGreaterThan(before);
});

test('run again starts a new experiment, and rerun repeats one with the same plan and says what differs', async () => {
  const folder = folderWithProfile(simProfileText());
  await runCli(['run', 'profiles/sim.yaml'], { folder });
  const again = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(again.stderr).toContain('A new experiment: results/sim/');
  const first = readdirSync(join(folder, 'results', 'sim')).sort()[0] ?? '';
  const rerun = await runCli(['rerun', join('results', 'sim', first)], { folder });
  expect(rerun.exitCode, rerun.stderr).toBe(0);
  expect(rerun.stderr).toContain(`Repeating ${first}, same profile and seeds.\nVersions and machine are the same.\n`);
  expect(readFileSync(join(latest(folder, 'sim'), 'plan.json'), 'utf8')).toBe(
    readFileSync(join(folder, 'results', 'sim', first, 'plan.json'), 'utf8'),
  );
  // The simulator is deterministic: the same seeds give the same numbers.
  const numbers = (experiment: string): unknown => {
    const { arms, comparisons } = JSON.parse(readFileSync(join(experiment, 'summary.json'), 'utf8')) as Record<
      string,
      unknown
    >;
    return { arms, comparisons };
  };
  expect(numbers(latest(folder, 'sim'))).toEqual(numbers(join(folder, 'results', 'sim', first)));
});

test('verify names what was changed, and its exit status says that it does not hold', async () => {
  const folder = folderWithProfile(simProfileText());
  await runCli(['run', 'profiles/sim.yaml'], { folder });
  const experiment = latest(folder, 'sim');
  const trial = readdirSync(join(experiment, 'trials'))[0] ?? '';
  appendFileSync(join(experiment, 'trials', trial, 'samples.parquet'), 'x');
  writeFileSync(join(experiment, 'summary.json'), '{}');
  const verify = await runCli(['verify', experiment], { folder });
  expect(verify.exitCode).toBe(6);
  expect(verify.stdout).toContain(`differs: trials/${trial}/samples.parquet was changed\n`);
  expect(verify.stdout).toContain('differs: summary.json was changed\n');
});

test('a changed field is a new plan: a new experiment, and the unfinished one is named', async () => {
  const folder = folderWithProfile(simProfileText());
  await runCli(['run', 'profiles/sim.yaml'], { folder });
  const experiment = latest(folder, 'sim');
  // As if it had been killed before its end.
  const journal = join(experiment, 'journal.jsonl');
  writeFileSync(journal, readFileSync(journal, 'utf8').split('\n').slice(0, -2).join('\n'));
  const changed = await runCli(['run', 'profiles/sim.yaml', '--set', 'blocks=1'], { folder });
  expect(changed.stderr).toMatch(/Left unfinished: results\/sim\/\S+ \(another plan\)\.\nA new experiment: /);
  const same = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(same.stderr).toContain('Going on with results/sim/');
});

test('an A/A experiment is named in the budget line, with what it says of the smallest difference that can be found', async () => {
  const folder = folderWithProfile(
    simProfileText({ arms: ['idle', 'calm'], blocks: 8, extra: 'aa: true\n' }),
    'aa.yaml',
  );
  writeFileSync(join(folder, 'profiles', 'sim.yaml'), simProfileText({ blocks: 8 }));
  const before = await runCli(['plan', 'profiles/sim.yaml'], { folder });
  expect(before.stdout).toContain('smallest difference found with 80 % power: unknown, run an A/A profile');
  const aa = await runCli(['run', 'profiles/aa.yaml'], { folder });
  expect(aa.exitCode, aa.stderr).toBe(0);
  const after = await runCli(['plan', 'profiles/sim.yaml'], { folder });
  expect(after.stdout).toMatch(
    // The simulator gives both arms of a block the same arrivals and nothing else: no difference comes about by accident.
    /smallest difference found with 80 % power: unknown, for A\/A experiment 20\d+T\d+Z-[0-9a-f]{6} showed none by accident/,
  );

  // What the A/A experiment showed goes into the manifest, since a report is made from its own folder alone.
  const run = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(run.exitCode, run.stderr).toBe(0);
  const manifest: unknown = JSON.parse(readFileSync(join(latest(folder, 'sim'), 'manifest.json'), 'utf8'));
  const experiment = expect.stringMatching(/^20\d+T\d+Z-[0-9a-f]{6}$/) as unknown;
  expect(manifest).toMatchObject({
    noise: [{ metric: 'canary-wait-p95', low: 0, high: 0, blocks: 8, experiment }],
  });
});

test('plan runs nothing and prints the same bytes each time', async () => {
  const folder = folderWithProfile(simProfileText());
  const [first, second] = [
    await runCli(['plan', 'profiles/sim.yaml', '--json'], { folder }),
    await runCli(['plan', 'profiles/sim.yaml', '--json'], { folder }),
  ];
  expect(first.stdout).toBe(second.stdout);
  expect(existsSync(join(folder, 'results'))).toBe(false);
});

test('SIGTERM saves, says how to go on, and the command it says goes on', async () => {
  const folder = folderWithProfile(simProfileText({ blocks: 200 }));
  const cli = startCli(['run', 'profiles/sim.yaml'], { folder });
  await cli.saw(/\[ {2}3\/400\]/);
  process.kill(cli.pid, 'SIGTERM');
  const { exitCode, stderr } = await cli.ended;
  expect(exitCode).toBe(130);
  expect(stderr).toMatch(
    /Interrupted\. Everything so far is saved in results\/sim\/\S+\.\nTo go on: npx scalelab run profiles\/sim\.yaml\n$/,
  );
  const resumed = startCli(['run', 'profiles/sim.yaml'], { folder });
  await resumed.saw(/Going on with results\/sim\/[^\n]+\n\d+ of 400 trials are finished and are not run again\./);
});

test('the line that says how to go on holds all options, quoted for the shell, and does go on', async () => {
  const folder = folderWithProfile(simProfileText({ blocks: 200 }), 'my sim.yaml');
  const cli = startCli(['run', 'profiles/my sim.yaml', '--results', "the user's"], { folder });
  await cli.saw(/\[ {2}3\/400\]/);
  process.kill(cli.pid, 'SIGTERM');
  const { stderr } = await cli.ended;
  expect(stderr).toContain("To go on: npx scalelab run 'profiles/my sim.yaml' --results 'the user'\\''s'\n");
});

test('rerun of latest, stopped, goes on with the same command', async () => {
  const folder = folderWithProfile(simProfileText({ blocks: 60 }));
  await runCli(['run', 'profiles/sim.yaml'], { folder });
  const cli = startCli(['rerun', 'results/sim/latest'], { folder });
  await cli.saw(/\[ {2}3\/120\]/);
  process.kill(cli.pid, 'SIGKILL');
  await cli.ended;
  const again = await runCli(['rerun', 'results/sim/latest'], { folder });
  expect(again.exitCode, again.stderr).toBe(0);
  expect(again.stderr).toContain('Going on with results/sim/');
  expect(readdirSync(join(folder, 'results', 'sim')).filter((name) => name !== 'latest')).toHaveLength(2);
});

test('a finished experiment without its report gets it from the same command, not a new experiment', async () => {
  const folder = folderWithProfile(simProfileText());
  await runCli(['run', 'profiles/sim.yaml'], { folder });
  rmSync(join(latest(folder, 'sim'), 'report.html'));
  const again = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(again).toMatchObject({ exitCode: 0 });
  expect(again.stderr).toMatch(/^\S+ was finished, but its report was not written\.\n$/);
  expect(existsSync(join(latest(folder, 'sim'), 'report.html'))).toBe(true);
});

test('an experiment that was begun on another machine is not gone on with', async () => {
  const folder = folderWithProfile(simProfileText());
  await runCli(['run', 'profiles/sim.yaml'], { folder });
  const experiment = latest(folder, 'sim');
  const journal = join(experiment, 'journal.jsonl');
  writeFileSync(journal, readFileSync(journal, 'utf8').split('\n').slice(0, -2).join('\n'));
  const manifest = join(experiment, 'manifest.json');
  writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"workMicros": 10000', '"workMicros": 99'));
  const { exitCode, stderr } = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(/error: \S+ was begun under other conditions: workMicros: 99 then, 10000 now\.\n {2}Restore/);
});

test('help lists the commands', async () => {
  const { stdout } = await runCli(['--help'], { folder: '/' });
  for (const command of ['run', 'plan', 'check', 'policies', 'report', 'rerun', 'verify', 'trace']) {
    expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
  }
});

test.each(['run', 'plan', 'check', 'policies', 'report', 'rerun', 'verify', 'trace'])(
  'help of %s has an example',
  async (command) => {
    const { stdout, exitCode } = await runCli([command, '--help'], { folder: '/' });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example:\n {2}npx scalelab ${command} `));
  },
);
