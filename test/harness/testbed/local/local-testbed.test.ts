import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { allErrors } from '../../../../harness/core/all-errors.ts';
import { systemClock, type Clock } from '../../../../harness/core/clock.ts';
import { packageRoot } from '../../../../harness/core/package-root.ts';
import { startChild, type ProcessRunner } from '../../../../harness/core/process.ts';
import { makePlan } from '../../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../../harness/plan/plan.ts';
import { formatDiagnostics } from '../../../../harness/yaml/diagnostic.ts';
import { loadProfile } from '../../../../harness/profile/load-profile.ts';
import type { LocalDependencies } from '../../../../harness/testbed/local/local-dependencies.ts';
import { LocalTestbed } from '../../../../harness/testbed/local/local-testbed.ts';
import type { LiveTrial, TrialFindings } from '../../../../harness/testbed/port.ts';
import { ownCpuHierarchy } from '../../../../tracer/client/cpu-hierarchy.ts';
import { testSubtree, whyNoKernelTests } from '../../../rig/cli.ts';
import { runInRig } from '../../../rig/experiment-rig.ts';
import { fakeSpec } from '../../../rig/fake-policy.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { runNameOf, sleeper } from './cgroup-rig.ts';

const native = join(packageRoot, 'build', 'native');

function localTestbed(changes: Partial<LocalDependencies> = {}): LocalTestbed {
  return new LocalTestbed({
    runner: startChild,
    clock: systemClock,
    tracer: join(native, 'scalelab-runq'),
    workload: join(native, 'scalelab-workload'),
    twin: join(native, 'scalelab-twin'),
    ...{ stress: null, taskset: '/usr/bin/taskset' },
    ...{ isRoot: true, isSystemd: false, subtree },
    ...{ pid: process.pid, temporaryFolder: tmpdir() },
    ...changes,
  });
}

const subtree = `${testSubtree}-unit`;
const subtreePath = (): string => join(ownCpuHierarchy()?.mountPoint ?? '', subtree);

function localPlan(metric = 'canary-wait-p95', extra = '', threads = 1): Plan {
  const text =
    `blocks: 1\ntestbed: { kind: local }\ntrial: { duration: 800ms, warmup: 200ms }\nsampleInterval: 200ms\n` +
    `limits: { stolen: 100 % }\narms: [{ name: idle }, { name: busy, disturbances: { cpu: ${threads} } }]\n` +
    `hypotheses: [{ arm: busy, against: idle, metric: ${metric} }]\n${extra}`;
  const loaded = loadProfile({ text, fileName: 'local.yaml' });
  if (!loaded.ok) throw new Error(formatDiagnostics(loaded.diagnostics));
  return makePlan(loaded.profile, 'local');
}

/** A trial that has begun, and not why it could not. */
function begun(started: LiveTrial | TrialFindings): LiveTrial {
  if ('evidence' in started) throw new Error(JSON.stringify(started.evidence));
  return started;
}

function program(name: string, text: string): string {
  const file = join(temporaryFolder(), name);
  writeFileSync(file, text);
  chmodSync(file, 0o755);
  return file;
}

/** A helper that cannot start, and says why as the real one does. */
function refusingTracer(code: string, message: string): string {
  return program('scalelab-runq', `#!/bin/sh\necho '${JSON.stringify({ type: 'error', code, message })}'\nexit 3\n`);
}

const noBtf = 'the kernel has no BTF: /sys/kernel/btf/vmlinux is not there';
const refused = 'the verifier refuses the program handle_switch';

test.each([
  ['no-btf', noBtf, /^Use a kernel built with CONFIG_DEBUG_INFO_BTF=y/],
  ['verifier', refused, /^This kernel refuses a program that other kernels accept/],
])('%s: an error if the hypotheses need a histogram', async (code, message, hint) => {
  const problems = await localTestbed({ tracer: refusingTracer(code, message) }).check(localPlan());
  const problem = problems.find((one) => one.code === 'tracer-unavailable');
  expect(problem).toMatchObject({
    severity: 'error',
    message: `The run-queue tracer cannot start: ${message} No fallback: the hypotheses need canary-wait-p95.`,
  });
  expect(problem?.hint).toMatch(hint);
});

test('a warning and the fallback schedstat if means suffice, and the facts say why', async () => {
  const testbed = localTestbed({ tracer: refusingTracer('verifier', refused) });
  const plan = localPlan('canary-wait-mean');
  expect((await testbed.check(plan)).find((one) => one.code === 'tracer-unavailable')).toMatchObject({
    severity: 'warning',
    message: `The run-queue tracer cannot start: ${refused} The fallback schedstat is used: means and sums, no quantiles.`,
  });
  const { source, notes } = await testbed.facts(plan);
  expect(source).toBe('schedstat');
  expect(notes).toContain(`source: schedstat, because The run-queue tracer cannot start: ${refused}`);
});

test('an error if the profile asks for BPF, even where means suffice', async () => {
  const testbed = localTestbed({ tracer: refusingTracer('verifier', refused) });
  const problems = await testbed.check(localPlan('canary-wait-mean', 'source: bpf\n'));
  expect(problems.find((one) => one.code === 'tracer-unavailable')).toMatchObject({
    severity: 'error',
    message: `The run-queue tracer cannot start: ${refused} No fallback: the profile asks for source bpf.`,
  });
});

/** The same plan with a policy in its second arm that needs a histogram, whatever the profile could have said. */
function withPolicy(plan: Plan): Plan {
  const policy = { ...fakeSpec, demands: { ...fakeSpec.demands, needs: ['wait-histogram'] } };
  return { ...plan, arms: plan.arms.map((arm, index) => (index === 1 ? { ...arm, policy } : arm)) };
}

test('an error if a policy needs a histogram, even where means suffice to the hypotheses', async () => {
  const testbed = localTestbed({ tracer: refusingTracer('verifier', refused) });
  const plan = withPolicy(localPlan('canary-wait-mean'));
  expect((await testbed.check(plan)).find((one) => one.code === 'tracer-unavailable')).toMatchObject({
    severity: 'error',
    message: `The run-queue tracer cannot start: ${refused} No fallback: the policy of the arm busy needs wait-histogram.`,
  });
});

test('nobody looks for a tracer that no arm uses', async () => {
  const commands: string[] = [];
  const runner: ProcessRunner = (file, args, options) => {
    commands.push(file);
    return startChild(file, args, options);
  };
  const plan = localPlan('canary-wait-mean', 'source: schedstat\n');
  const arms = plan.arms.map((arm, index) => (index === 1 ? { ...arm, overrides: { source: 'none' as const } } : arm));
  const testbed = localTestbed({ runner });
  const problems = await testbed.check({ ...plan, arms });
  expect(problems.filter(({ code }) => code.includes('tracer') || code.includes('source'))).toEqual([]);
  const { source, notes } = await testbed.facts({ ...plan, arms });
  expect([source, notes.at(-1)]).toEqual(['schedstat', 'busy: source none']);
  expect(commands).toEqual([]);
});

test('what was not built is named with the command that builds it', async () => {
  const problems = await localTestbed({ workload: '/nowhere/scalelab-workload' }).check(localPlan());
  expect(problems).toContainEqual({
    severity: 'error',
    code: 'workload-missing',
    message: '/nowhere/scalelab-workload is not there.',
    hint: 'Build it with `make -C tracer/workload` (needs gcc and make), or run `node setup.mjs`.',
  });
});

const reason = whyNoKernelTests();
describe.skipIf(reason !== null)(`on the real kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('a step of the wall clock in a trial makes it invalid: clock-jump; its repeat is valid', async () => {
    let stepMs = 0;
    const clock: Clock = { ...systemClock, wallMs: () => systemClock.wallMs() + stepMs };
    let samples = 0;
    const { events, end } = await runInRig(temporaryFolder(), localPlan(), {
      ...{ clock, testbed: localTestbed({ clock }) },
      onEvent: ({ type }) => {
        if (type === 'sample-taken' && ++samples === 2) stepMs = -1500;
      },
    });
    const verdicts = events.flatMap((event) => (event.type === 'trial-finished' ? [event.verdict] : []));
    expect(verdicts).toHaveLength(3);
    expect(verdicts[0]).toMatchObject({ kind: 'invalid', reasons: [{ code: 'clock-jump' }] });
    expect(JSON.stringify(verdicts[0])).toMatch(/the wall clock jumped by 1[45]\d\d(\.\d+)? ms, at most 20 ms/);
    expect(verdicts.slice(1)).toEqual([{ kind: 'valid' }, { kind: 'valid' }]);
    expect(end).toBe('complete');
  });

  /** Named like the real one, it starts one worker fewer than it was told. None starts a program, which would be counted for a moment. */
  const shyStress = `#!/bin/sh
mkfifo "$0.pipe"
n=1; while [ $n -lt "$2" ]; do (read -r nothing < "$0.pipe") & n=$((n+1)); done
read -r nothing < "$0.pipe"
`;

  test.each([
    ['stress', () => ({ stress: program('stress', shyStress) }), 'stress started 1 of 2 threads'],
    // So few addresses are enough for the stack of the canary, and for that of one thread of the two.
    [
      'our own spinner',
      () => ({
        workload: program(
          'workload',
          `#!/bin/sh\nulimit -s 8192; ulimit -v 13000; exec ${join(native, 'scalelab-workload')} "$@"\n`,
        ),
      }),
      'spinner started 1 of 2 threads',
    ],
  ])(
    'threads that the system refuses to %s are the arm’s own failure, not an invalid measurement',
    async (_who, changes, text) => {
      const plan = localPlan('canary-wait-p95', '', 2);
      const { recorded, end } = await runInRig(temporaryFolder(), plan, { testbed: localTestbed(changes()) });
      expect(end).toBe('complete');
      expect([...recorded.trials.values()].find(({ record }) => record.arm === 'busy')?.record.verdict).toMatchObject({
        ...{ kind: 'failed', code: 'start-failed', text },
      });
    },
  );

  test('a disturbance that cannot be run at all ends the run, with the last words of what refused it', async () => {
    const run = runInRig(temporaryFolder(), localPlan(), { testbed: localTestbed({ stress: '/nowhere/stress' }) });
    await expect(run).rejects.toMatchObject({
      code: 'testbed-failed',
      message: expect.stringMatching(
        / -- \/nowhere\/stress --cpu 1 did not start: scalelab-workload: cannot run \/nowhere\/stress: No such file or directory$/,
      ) as string,
      hint: 'Run `npx scalelab check` to see what this machine lacks.',
    });
    expect(existsSync(subtreePath())).toBe(false);
  });

  test('another run that goes on is an error of the check, and nothing is prepared beside it', async () => {
    const other = sleeper();
    const folder = join(subtreePath(), runNameOf(other));
    mkdirSync(folder, { recursive: true });
    onTestFinished(() => {
      rmdirSync(folder);
      rmdirSync(subtreePath());
    });
    const message = `Another run of Scalelab measures this machine: process ${other}.`;
    const hint = `Wait until it has ended, or stop it with \`kill -INT ${other}\`: each would disturb the other.`;
    const problems = await localTestbed().check(localPlan());
    expect(problems).toContainEqual({ severity: 'error', code: 'machine-busy', message, hint });
    const prepared = localTestbed().prepare(localPlan(), new AbortController().signal);
    await expect(prepared).rejects.toMatchObject({ code: 'machine-lacks', message, hint });
    expect(readdirSync(subtreePath()).filter((name) => name.startsWith('run-'))).toEqual([runNameOf(other)]);
  });

  test('one that begins at the same moment is seen too, and ours is put back', async () => {
    const other = sleeper();
    const folder = join(subtreePath(), runNameOf(other));
    // The tracer is looked for between the first look and the second.
    const runner: ProcessRunner = (file, args, options) => {
      mkdirSync(folder, { recursive: true });
      return startChild(file, args, options);
    };
    onTestFinished(() => {
      rmdirSync(folder);
      rmdirSync(subtreePath());
    });
    const prepared = localTestbed({ runner }).prepare(localPlan('canary-wait-mean'), new AbortController().signal);
    await expect(prepared).rejects.toMatchObject({
      code: 'machine-lacks',
      message: `Another run of Scalelab measures this machine: process ${other}.`,
    });
    expect(readdirSync(subtreePath()).filter((name) => name.startsWith('run-'))).toEqual([runNameOf(other)]);
  });

  test('the tracer makes room for the cgroups there are, and measures its own cost for an hour at most', async () => {
    const commands: (readonly string[])[] = [];
    const runner: ProcessRunner = (file, args, options) => {
      commands.push([file.split('/').at(-1) ?? '', ...args]);
      return startChild(file, args, options);
    };
    const { signal } = new AbortController();
    const plan = { ...localPlan(), warmupMs: 7_200_000 };
    const [arm] = plan.arms;
    if (arm === undefined) throw new Error('no arm');
    await using stage = await localTestbed({ runner }).prepare(plan, signal);
    commands.length = 0;
    const request = { id: '001-idle-1', arm, load: null, seed: 1, blockSeed: 1 };
    await using live = begun(await stage.begin(request, signal));
    await live.start(null, signal);
    await live.finish(signal);
    const tracer = commands.find(([name]) => name === 'scalelab-runq') ?? [];
    expect(tracer[tracer.indexOf('--stats-ms') + 1]).toBe('3600000');
    expect(Number(tracer[tracer.indexOf('--groups') + 1])).toBeGreaterThan(512);
  });

  test('what cannot be undone does not hide why it failed', async () => {
    let nowMs = 0;
    const clock: Clock = {
      ...systemClock,
      nowMs: () => nowMs,
      sleep: () => {
        nowMs += 1000;
        return Promise.resolve();
      },
    };
    // A mount keeps the cgroup busy, as a process that does not end would.
    const runner: ProcessRunner = (_file, args) => {
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', dirname(args[args.indexOf('--cgroup-procs') + 1] ?? '')]);
      return Promise.reject(new Error('spawn EACCES'));
    };
    const { signal } = new AbortController();
    const plan = localPlan('canary-wait-mean', 'source: schedstat\n');
    const arm = plan.arms.find(({ name }) => name === 'busy');
    if (arm === undefined) throw new Error('no such arm');
    const stage = await localTestbed({ runner, clock, stress: '/nowhere/stress' }).prepare(plan, signal);
    const [run = ''] = readdirSync(subtreePath()).filter((name) => name.startsWith('run-'));
    const group = join(subtreePath(), run, 'disturbance');
    const begun = stage.begin({ id: '001-busy-1', arm, load: null, seed: 1, blockSeed: 1 }, signal);
    const error = await begun.catch((reason: unknown) => reason);
    execFileSync('umount', [group]);
    await stage[Symbol.asyncDispose]();
    const said = allErrors(error).map((one) => (one instanceof Error ? one.message : one));
    expect(said[0]).toMatch(/ -- \/nowhere\/stress --cpu 1 did not start: spawn EACCES$/);
    expect(said.slice(1)).toEqual([`The cgroup ${group} cannot be removed: it is still busy after 5 s.`]);
  });
});
