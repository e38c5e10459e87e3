import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../harness/core/package-root.ts';
import { readExperiment } from '../../harness/store/recorded-experiment.ts';
import { ownCpuHierarchy } from '../../tracer/client/cpu-hierarchy.ts';
import { latest, runCli, startCli, testSubtree, whyNoKernelTests } from '../rig/cli.ts';
import { simProfileText } from '../rig/experiment-rig.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

function folderWith(name: string, text: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'profiles'));
  writeFileSync(join(folder, 'profiles', name), text);
  return folder;
}

test('three mistakes at once: exit 2, each with line, column and caret, and nothing is created', async () => {
  const text = simProfileText()
    .replace('duration: 3s', 'duration: 3')
    .replace('blocks: 2', 'bloks: 2')
    .replace('metric: canary-wait-p95', 'metric: canary-wait-p96');
  const folder = folderWith('sim.yaml', text);
  const { exitCode, stdout, stderr } = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(exitCode).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toContain('error: 3 mistakes in the profile; nothing was created.\n');
  expect(stderr).toMatch(
    /^profiles\/sim\.yaml:2:1: bloks: unknown key "bloks", did you mean "blocks"\?\n {4}bloks: 2\n {4}\^$/m,
  );
  expect(stderr).toMatch(/^profiles\/sim\.yaml:4:20: trial\.duration: .+ a bare number has no unit/m);
  expect(stderr).toMatch(/^profiles\/sim\.yaml:\d+:\d+: hypotheses\[0\]\.metric: .+did you mean "canary-wait-p95"\?/m);
  expect(readdirSync(folder)).toEqual(['profiles']);
});

test.each([
  [
    'a profile that is not there',
    'profiles/none.yaml',
    /^error: The profile profiles\/none\.yaml cannot be read: ENOENT/,
  ],
  ['a folder in its place', 'profiles', /^error: The profile profiles cannot be read: EISDIR/],
])('%s: exit 2', async (_what, file, message) => {
  const folder = folderWith('sim.yaml', '');
  const { exitCode, stderr } = await runCli(['run', file], { folder });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});

test.each([
  ['not YAML', '{ a: [', /sim\.yaml:1:\d+: /],
  ['a wrong type', 'blocks: [1]\n', /sim\.yaml:1:9: blocks: /],
  ['an empty file', '', /sim\.yaml:1:1: nothing in it/],
  ['binary', '\u0000\u0001\u0002', /sim\.yaml:1:\d+: /],
])('%s: exit 2 with line and column', async (_what, text, message) => {
  const folder = folderWith('sim.yaml', text);
  const { exitCode, stderr } = await runCli(['check', 'profiles/sim.yaml'], { folder });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(message);
});

test('a mistake in --set is shown like one in the file', async () => {
  const folder = folderWith('sim.yaml', simProfileText());
  const { exitCode, stderr } = await runCli(['run', 'profiles/sim.yaml', '--set', 'trial.duraton=5s'], { folder });
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(
    /^--set:1:\d+: trial\.duraton: unknown key "duraton", did you mean "duration"\?\n.*trial\.duraton=5s\n +\^$/m,
  );
});

test('an unknown option is refused with a suggestion', async () => {
  const { exitCode, stderr } = await runCli(['run', 'x.yaml', '--sets', 'a=b'], { folder: '/' });
  expect(exitCode).toBe(2);
  expect(stderr).toContain("error: unknown option '--sets'\n(Did you mean --set?)");
});

test.each(['report', 'verify', 'rerun'])('%s of a folder that is no experiment says so', async (command) => {
  const folder = temporaryFolder();
  const { exitCode, stderr } = await runCli([command, 'results/none'], { folder });
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    'error: results/none is not an experiment: it has no journal.jsonl.\n  Name a folder such as results/runqueue/latest.\n',
  );
});

const onLinux = process.platform === 'linux';
test.skipIf(!onLinux)('a cgroup that leads elsewhere is refused by its name', async () => {
  const environment = { SCALELAB_CGROUP: '../x' };
  const { exitCode, stderr } = await runCli(['check', runqueue], { folder: '/', environment });
  expect(exitCode).toBe(2);
  expect(stderr).toBe(
    'error: "../x" is not a name for our cgroup.\n' +
      '  Set SCALELAB_CGROUP to letters, digits, dots, dashes and underscores that start with a letter or digit, or unset it.\n',
  );
});

test.each(['../x', 'a b', 'a"b', "a'b", 'ärm', 'a/b', ''])('an arm named %j is refused by that name', async (name) => {
  const folder = folderWith('sim.yaml', simProfileText().replaceAll('busy-1', JSON.stringify(name)));
  const { exitCode, stderr } = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(exitCode).toBe(2);
  expect(stderr).toContain('lower-case letters, digits, dots and dashes');
  expect(readdirSync(folder)).toEqual(['profiles']);
});

test.each(['../escape.yaml', 'we ird \'n" ünï.yaml', '..%2f.yaml', 'latest.yaml', '[x]*.yaml'])(
  'a profile named %j works and its results stay below results/',
  async (name) => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'profiles', 'deep'), { recursive: true });
    const file = join('profiles', 'deep', name);
    writeFileSync(join(folder, file), simProfileText({ blocks: 1 }));
    const { exitCode, stderr, stdout } = await runCli(['run', file], { folder });
    expect(exitCode, stderr).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['profiles', 'results']);
    const report = /^Report: (.*)$/m.exec(stdout)?.[1] ?? '';
    expect(report.startsWith('results/')).toBe(true);
    expect((await runCli(['verify', join(report, '..')], { folder })).exitCode).toBe(0);
  },
);

test('a damaged folder: what is damaged is named, the rest is reported, nothing is deleted', async () => {
  const folder = folderWith('sim.yaml', simProfileText());
  await runCli(['run', 'profiles/sim.yaml'], { folder });
  const experiment = latest(folder, 'sim');
  const trial = readdirSync(join(experiment, 'trials')).at(-1) ?? '';
  execFileSync('rm', [join(experiment, 'trials', trial, 'samples.parquet')]);
  const journal = readFileSync(join(experiment, 'journal.jsonl'), 'utf8');
  writeFileSync(join(experiment, 'journal.jsonl'), `${journal}{"at":"2026-1`);
  const { exitCode, stderr, stdout } = await runCli(['report', experiment], { folder });
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    `Damaged: trials/${trial}/samples.parquet is missing. The rest was used; nothing was deleted.\n`,
  );
  expect(stderr).toMatch(/Damaged: journal\.jsonl:\d+: a line was cut or changed: \{"at":"2026-1\. /);
  expect(stdout).toContain('1 of the');
  expect(existsSync(join(experiment, 'trials', trial, 'trial.json'))).toBe(true);
});

test('results that cannot be written: exit 3 with the path', async () => {
  const folder = folderWith('sim.yaml', simProfileText());
  writeFileSync(join(folder, 'results'), 'a file in the way');
  const { exitCode, stderr } = await runCli(['run', 'profiles/sim.yaml'], { folder });
  expect(exitCode).toBe(3);
  expect(stderr).toMatch(
    /^error: results\/sim\S* could not be written: .+\n {2}Make the folder writable, or choose another with --results DIR\.$/m,
  );
});

const isRoot = process.getuid?.() === 0;

/** A folder on a small disk of its own. */
function smallDisk(kilobytes: number): string {
  const folder = temporaryFolder();
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${kilobytes}k`, 'tmpfs', disk]);
  onTestFinished(() => {
    execFileSync('umount', ['-l', disk]);
  });
  return disk;
}

describe.skipIf(!isRoot)(`on a small disk${isRoot ? '' : ' (skipped: only root may mount one)'}`, () => {
  test('a full disk: exit 3, what was finished stays valid, and with more space the same command goes on', async () => {
    const folder = folderWith('sim.yaml', simProfileText({ blocks: 40 }));
    const disk = smallDisk(400);
    const command = ['run', 'profiles/sim.yaml', '--results', disk];
    const full = await runCli(command, { folder });
    expect(full.exitCode, full.stderr).toBe(3);
    expect(full.stderr).toMatch(
      /error: \S+ could not be written: the disk is full\.\n {2}Free some space and run the same command again/,
    );
    const experiment = join(disk, 'sim', 'latest');
    const before = await readExperiment(experiment);
    expect(before.damage).toEqual([]);
    expect(before.trials.size).toBeGreaterThan(2);
    const names = execFileSync('find', [disk, '-name', '*.part']).toString();
    expect(names).toBe('');
    execFileSync('mount', ['-o', 'remount,size=20m', disk]);
    const resumed = await runCli(command, { folder });
    expect(resumed.exitCode, resumed.stderr).toBe(0);
    expect(resumed.stderr).toContain(`${before.trials.size} of 80 trials are finished and are not run again.`);
    expect((await runCli(['verify', experiment], { folder })).exitCode).toBe(0);
  });

  test('a disk without room for even the plan: exit 3, and no half-made experiment', async () => {
    const folder = folderWith('sim.yaml', simProfileText({ blocks: 100 }));
    const disk = smallDisk(8);
    const { exitCode, stderr } = await runCli(['run', 'profiles/sim.yaml', '--results', disk], { folder });
    expect(exitCode).toBe(3);
    expect(stderr).toContain('could not be written: the disk is full.');
    expect(readdirSync(join(disk, 'sim'))).toEqual([]);
  });

  test('a file-size limit is a full disk', async () => {
    const folder = folderWith('sim.yaml', simProfileText({ blocks: 40 }));
    const wrapper = ['prlimit', '--fsize=6000', '--'];
    const { exitCode, stderr } = await runCli(['run', 'profiles/sim.yaml'], { folder, wrapper });
    expect(exitCode, stderr).toBe(3);
    expect(stderr).toContain('could not be written: the disk is full.');
  });
});

const runqueue = join(packageRoot, 'profiles', 'runqueue.yaml');
const mean = join(packageRoot, 'profiles', 'runqueue-mean.yaml');
const short = [
  ...['--set', 'blocks=1', '--set', 'trial.duration=1s', '--set', 'trial.warmup=200ms'],
  ...['--set', 'sampleInterval=200ms', '--set', 'limits.stolen=100 %'],
];

/** As a user without rights; reading any folder is allowed, since a checkout may be anywhere. */
const nobody = [
  ...['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
  ...[
    '--inh-caps=-all,+dac_read_search',
    '--ambient-caps=-all,+dac_read_search',
    '--bounding-set=-all,+dac_read_search',
    '--',
  ],
];

const reason = whyNoKernelTests();
describe.skipIf(reason !== null)(`without rights${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('not root: check and run say in one line each what is missing and what to do; exit 3, nothing created', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    for (const command of ['check', 'run']) {
      const { exitCode, stderr } = await runCli([command, runqueue], { folder, wrapper: nobody });
      expect(exitCode, stderr).toBe(3);
      expect(stderr).toMatch(
        /^error: The cgroup folder \S+ is not writable\.\n {2}Run as root, or in a delegated scope: systemd-run/m,
      );
      expect(stderr).toMatch(
        /^error: The run-queue tracer cannot start: .+ No fallback: the hypotheses need canary-wait-p95\.\n {2}Run as root/m,
      );
    }
    expect(readdirSync(folder)).toEqual([]);
  });

  test('a delegated cgroup without the right to trace: schedstat is the fallback where means suffice, and the report says so', async () => {
    const { mountPoint = '' } = ownCpuHierarchy() ?? {};
    const delegated = join(mountPoint, `scalelab-delegated-${process.pid}`);
    mkdirSync(delegated);
    onTestFinished(() => {
      for (const inner of [testSubtree, 'scalelab-harness'])
        execFileSync('sh', ['-c', `rmdir ${delegated}/${inner} 2>/dev/null || true`]);
      execFileSync('rmdir', [delegated]);
    });
    execFileSync('chown', ['-R', '65534', delegated]);
    const folder = temporaryFolder();
    chmodSync(folder, 0o777);
    const enter = ['sh', '-c', `echo $$ > ${delegated}/cgroup.procs; exec "$@"`, 'sh', ...nobody];
    const cli = startCli(['run', mean, ...short], { folder, wrapper: enter });
    const { exitCode, stderr, stdout } = await cli.ended;
    expect(exitCode, stderr).toBe(0);
    expect(stderr).toMatch(
      /^warning: The run-queue tracer cannot start: .+ The fallback schedstat is used: means and sums, no quantiles\.$/m,
    );
    expect(stdout).toContain('source: schedstat');
    const { manifest, trials } = await readExperiment(latest(folder, 'runqueue-mean'));
    expect(manifest.testbed.source).toBe('schedstat');
    for (const { samples } of trials.values()) {
      const canary = samples.flatMap(({ waits }) => waits ?? []).filter(({ group }) => group === 'canary');
      expect(canary.every(({ slots, cause }) => slots === null && cause === 'any')).toBe(true);
      expect(canary.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
    }
    const html = readFileSync(join(latest(folder, 'runqueue-mean'), 'report.html'), 'utf8');
    expect(html).toContain('source: schedstat');
  });
});
