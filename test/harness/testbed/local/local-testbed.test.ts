import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock, type Clock } from '../../../../harness/core/clock.ts';
import { packageRoot } from '../../../../harness/core/package-root.ts';
import { startChild } from '../../../../harness/core/process.ts';
import { makePlan } from '../../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../../harness/plan/plan.ts';
import { formatDiagnostics } from '../../../../harness/profile/diagnostic.ts';
import { loadProfile } from '../../../../harness/profile/load-profile.ts';
import { LocalTestbed, type LocalDependencies } from '../../../../harness/testbed/local/local-testbed.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';
import { runInRig } from '../../../rig/experiment-rig.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

const native = join(packageRoot, 'build', 'native');

function localTestbed(changes: Partial<LocalDependencies> = {}): LocalTestbed {
  return new LocalTestbed({
    runner: startChild,
    clock: systemClock,
    tracer: join(native, 'scalelab-runq'),
    workload: join(native, 'scalelab-workload'),
    stress: null,
    isRoot: true,
    pid: process.pid,
    ...changes,
  });
}

function localPlan(metric = 'canary-wait-p95', extra = ''): Plan {
  const text =
    `blocks: 1\ntestbed: { kind: local }\ntrial: { duration: 800ms, warmup: 200ms }\nsampleInterval: 200ms\n` +
    `limits: { stolen: 100 % }\narms: [{ name: idle }, { name: busy, disturbances: { cpu: 1 } }]\n` +
    `hypotheses: [{ arm: busy, against: idle, metric: ${metric} }]\n${extra}`;
  const loaded = loadProfile({ text, fileName: 'local.yaml' });
  if (!loaded.ok) throw new Error(formatDiagnostics(loaded.diagnostics));
  return makePlan(loaded.profile, 'local');
}

/** A helper that cannot start, and says why as the real one does. */
function refusingTracer(code: string, message: string): string {
  const file = join(temporaryFolder(), 'scalelab-runq');
  writeFileSync(file, `#!/bin/sh\necho '${JSON.stringify({ type: 'error', code, message })}'\nexit 3\n`);
  chmodSync(file, 0o755);
  return file;
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

  test('threads that cannot be started are the arm’s own failure, not an invalid measurement', async () => {
    const plan = localPlan('canary-wait-p95', '');
    const file = join(temporaryFolder(), 'stress');
    // Named like the real one, it starts one worker of the two.
    writeFileSync(file, '#!/bin/sh\nexec -a stress sleep 100\n');
    chmodSync(file, 0o755);
    const { recorded, end } = await runInRig(temporaryFolder(), plan, { testbed: localTestbed({ stress: file }) });
    expect(end).toBe('complete');
    expect([...recorded.trials.values()].find(({ record }) => record.arm === 'busy')?.record.verdict).toMatchObject({
      kind: 'failed',
      code: 'start-failed',
      text: 'stress started 0 of 1 thread',
    });
  });
});
