import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../harness/core/package-root.ts';
import { stream } from '../../harness/core/random.ts';
import { readExperiment } from '../../harness/store/recorded-experiment.ts';
import { isOutcome } from '../../harness/store/progress.ts';
import { descendants, latest, runCli, startCli, testSubtrees, whyNoKernelTests } from '../rig/cli.ts';
import { temporaryFolder } from '../rig/temporary-folder.ts';

const reason = whyNoKernelTests();
const profile = join(packageRoot, 'profiles', 'runqueue.yaml');
const short = ['--set', 'trial.duration=1s', '--set', 'trial.warmup=200ms', '--set', 'sampleInterval=200ms'];
/** Stolen time is a matter of the machine the tests run on, and not what these are about. */
const lenient = ['--set', 'limits.stolen=100 %'];

/** What is left of one run: processes by their parent, cgroups by the process id in their name. */
function cgroupsOf(pid: number): readonly string[] {
  const [subtree = ''] = testSubtrees();
  return existsSync(subtree) ? readdirSync(subtree).filter((name) => name.startsWith(`run-${pid}-`)) : [];
}

/** Ids of processes whose command line names a program of ours, or that run in a cgroup of ours. */
function processesIn(groups: readonly string[]): readonly string[] {
  const [subtree = ''] = testSubtrees();
  return groups.flatMap((run) =>
    ['canary', 'disturbance']
      .map((group) => join(subtree, run, group, 'cgroup.procs'))
      .filter(existsSync)
      .flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean)),
  );
}

describe.skipIf(reason !== null)(`on the real kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('an experiment measures idle against stress, with canary, histogram and throttle split, and leaves nothing', async () => {
    const folder = temporaryFolder();
    const cli = startCli(['run', profile, '--set', 'blocks=2', ...short, ...lenient], { folder });
    const { exitCode, stderr } = await cli.ended;
    expect(exitCode, stderr).toBe(0);
    const { trials, manifest } = await readExperiment(latest(folder, 'runqueue'));
    expect(manifest.testbed).toMatchObject({ kind: 'local', source: 'bpf' });
    expect(trials.size).toBe(8);
    for (const { record, samples } of trials.values()) {
      expect(record.verdict).toEqual({ kind: 'valid' });
      expect(record.evidence.canary).toMatchObject({ alive: true });
      expect(record.evidence.kernelNsPerEvent).toBeGreaterThan(0);
      expect(samples).toHaveLength(5);
      const canary = samples.flatMap(({ waits }) => waits ?? []).filter(({ group }) => group === 'canary');
      expect(canary.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(0);
      for (const { waits, host, tracer } of samples) {
        const of = (group: string): number =>
          (waits ?? []).filter((reading) => reading.group === group).reduce((sum, { count }) => sum + count, 0);
        expect(of('all')).toBeGreaterThanOrEqual(of('canary'));
        expect(waits?.every(({ slots, count }) => slots?.reduce((a, b) => a + b, 0) === count)).toBe(true);
        expect(tracer?.lost).toBe(0);
        expect(host?.capacitySeconds).toBeGreaterThan(0);
      }
    }
    const stressed = [...trials.values()].filter(({ record }) => record.arm === 'stress-2x');
    const { cores } = manifest.testbed;
    for (const { record } of stressed) {
      expect(record.evidence.disturbance).toMatchObject({ wanted: 2 * cores, started: 2 * cores, alive: 2 * cores });
    }
    expect(cgroupsOf(cli.pid)).toEqual([]);
  });

  test('killed three times at random instants, the same command goes on and leaves no process and no cgroup', async () => {
    const folder = temporaryFolder();
    const arguments_ = ['run', profile, '--set', 'blocks=2', ...short, ...lenient];
    const random = stream(Date.now(), 'kill');
    const pids: number[] = [];
    for (let kill = 0; kill < 3; kill++) {
      const cli = startCli(arguments_, { folder });
      pids.push(cli.pid);
      await cli.saw(/A new experiment|Going on/);
      await delay(200 + random.uniform() * 3000);
      process.kill(cli.pid, 'SIGKILL');
      expect((await cli.ended).signal).toBe('SIGKILL');
    }
    const last = startCli(arguments_, { folder });
    const { exitCode, stderr } = await last.ended;
    expect(exitCode, stderr).toBe(0);
    expect(readdirSync(join(folder, 'results', 'runqueue')).filter((name) => name !== 'latest')).toHaveLength(1);
    const { progress, plan, damage } = await readExperiment(latest(folder, 'runqueue'));
    expect(damage).toEqual([]);
    for (const block of progress.blocks.filter(({ setAside }) => setAside === null)) {
      for (const { name } of plan.arms) {
        expect(block.attempts.filter((attempt) => attempt.arm === name && isOutcome(attempt))).toHaveLength(1);
      }
    }
    for (const pid of [...pids, last.pid]) expect(cgroupsOf(pid), `cgroups of run ${pid}`).toEqual([]);
    expect((await runCli(['verify', latest(folder, 'runqueue')], { folder })).exitCode).toBe(0);
  });

  test('even before it goes on, what was killed leaves no process behind', async () => {
    const folder = temporaryFolder();
    const cli = startCli(['run', profile, '--set', 'blocks=1', '--set', 'arms[0].disturbances.cpu=3', ...lenient], {
      folder,
    });
    const groups = async (): Promise<readonly string[]> => {
      while (processesIn(cgroupsOf(cli.pid)).length < 5) await delay(20);
      return cgroupsOf(cli.pid);
    };
    const left = await groups();
    process.kill(cli.pid, 'SIGKILL');
    await cli.ended;
    for (let wait = 0; wait < 250 && processesIn(left).length > 0; wait++) await delay(20);
    expect(processesIn(left)).toEqual([]);
    // The empty cgroups go when the next run starts.
    await runCli(['run', profile, '--set', 'blocks=1', ...short, ...lenient, '--new'], { folder });
    expect(cgroupsOf(cli.pid)).toEqual([]);
  });

  test('ctrl-C finishes cleaning up, saves, says how to go on, and exits with 130', async () => {
    const folder = temporaryFolder();
    const cli = startCli(['run', profile, '--set', 'blocks=2', ...short, ...lenient], { folder });
    await cli.saw(/\[1\/8\]/);
    await delay(300);
    process.kill(cli.pid, 'SIGINT');
    const { exitCode, stderr } = await cli.ended;
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Stopping: cleaning up and saving. Once more to stop at once.\n');
    expect(stderr).toMatch(/To go on: npx scalelab run .*runqueue\.yaml --set blocks=2 /);
    expect(cgroupsOf(cli.pid)).toEqual([]);
  });

  test('beside a run that goes on, check and run of another experiment name its process: exit 3, nothing created', async () => {
    const first = startCli(['run', profile, '--set', 'blocks=1', ...short, ...lenient], { folder: temporaryFolder() });
    await first.saw(/\[1\/4\]/);
    const folder = temporaryFolder();
    for (const command of ['check', 'run']) {
      const { exitCode, stderr } = await runCli([command, profile, '--set', 'blocks=2'], { folder });
      expect(exitCode, stderr).toBe(3);
      expect(stderr).toContain(
        `error: Another run of Scalelab measures this machine: process ${first.pid}.\n` +
          `  Wait until it has ended, or stop it with \`kill -INT ${first.pid}\`: each would disturb the other.\n`,
      );
    }
    expect(readdirSync(folder)).toEqual([]);
    process.kill(first.pid, 'SIGINT');
    expect((await first.ended).exitCode).toBe(130);
    expect(testSubtrees().filter((path) => existsSync(path))).toEqual([]);
  });

  test.each([
    ['SIGKILL', /invalid: tracer-lost, The run-queue tracer \(process \d+\) was ended by SIGKILL\./],
    ['SIGSTOP', /invalid: tracer-lost, The run-queue tracer \(process \d+\) /],
  ] as const)(
    'a tracer that gets %s in a trial makes it invalid, and the trial is repeated in its block',
    async (signal, text) => {
      const folder = temporaryFolder();
      const settings = ['--set', 'blocks=1', '--set', 'trial.duration=3s', '--set', 'sampleInterval=500ms', ...lenient];
      const cli = startCli(['run', profile, ...settings], { folder });
      await cli.saw(/\[1\/4\]/);
      let helper: number | undefined;
      while (helper === undefined) {
        await delay(20);
        helper = descendants(cli.pid, 'scalelab-runq')[0];
      }
      await delay(600);
      process.kill(helper, signal);
      const { exitCode, stderr } = await cli.ended;
      expect(stderr).toMatch(text);
      expect(stderr).toMatch(/\[4\/4\] block 1 {2}\S+ \(attempt 2\) {2}valid/);
      expect(exitCode).toBe(0);
      expect(cgroupsOf(cli.pid)).toEqual([]);
    },
  );

  test('a canary that something outside ends makes the trial invalid: interfered', async () => {
    const folder = temporaryFolder();
    const cli = startCli(['run', profile, '--set', 'blocks=1', '--set', 'trial.duration=3s', ...lenient], { folder });
    await cli.saw(/\[1\/4\]/);
    await delay(800);
    const canary = descendants(cli.pid, 'scalelab-workload').find((pid) =>
      readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('canary'),
    );
    expect(canary).toBeDefined();
    process.kill(canary ?? 0, 'SIGKILL');
    const { stderr } = await cli.ended;
    expect(stderr).toContain('invalid: interfered, something outside ended the canary');
  });

  test('without `stress` our own spinner is used; it is said once, and in the report', async () => {
    const folder = temporaryFolder();
    const said = '`stress` is not installed: our own spinner is used in its place, and the report says so.';
    const path = '/nowhere';
    const { exitCode, stderr } = await runCli(['run', profile, '--set', 'blocks=1', ...short, ...lenient], {
      folder,
      environment: { PATH: path },
    });
    expect(exitCode, stderr).toBe(0);
    expect(stderr.split(said)).toHaveLength(2);
    expect(readFileSync(join(latest(folder, 'runqueue'), 'report.html'), 'utf8')).toContain('our own spinner');
    const { trials } = await readExperiment(latest(folder, 'runqueue'));
    expect(
      [...trials.values()].find(({ record }) => record.arm === 'stress-1')?.record.evidence.disturbance,
    ).toMatchObject({
      program: 'spinner',
      started: 1,
    });
  });

  test('trace shows histograms per cgroup for as long as it was told to', async () => {
    const { exitCode, stdout, stderr } = await runCli(['trace', '--interval', '0.5', '--for', '1'], { folder: '/' });
    expect(exitCode, stderr).toBe(0);
    expect(stdout.match(/^20\d\d-/gm)).toHaveLength(2);
    expect(stdout).toMatch(/usecs/);
    expect(stdout).toMatch(/throttl/);
  });

  test('trace ends when nobody reads it any more', async () => {
    const { exitCode, stdout } = await runCli(['trace', '--interval', '0.1'], {
      folder: '/',
      wrapper: ['sh', '-c', '"$@" | head -n 1', 'sh'],
    });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^20\d\d-[^\n]*\n$/);
  });

  test('check says what the machine offers, one line each', async () => {
    const { exitCode, stdout } = await runCli(['check'], { folder: '/' });
    expect(exitCode).toBe(0);
    for (const what of ['node', 'kernel', 'BTF', 'cgroups', 'tracer', 'canary', 'stress', 'k6', 'browser']) {
      expect(stdout).toMatch(new RegExp(`^(ok|--) {2}${what} `, 'm'));
    }
  });

  test('check of a profile says that nothing stands in the way, and creates nothing', async () => {
    const folder = temporaryFolder();
    const { exitCode, stdout } = await runCli(['check', profile], { folder });
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/Nothing stands in the way: testbed local, \d+ cores, source bpf\.\n$/);
    expect(readdirSync(folder)).toEqual([]);
  });
});
