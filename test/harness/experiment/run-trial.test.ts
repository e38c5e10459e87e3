import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../harness/core/clock.ts';
import { HarnessError } from '../../../harness/core/errors.ts';
import { blockSchedule } from '../../../harness/experiment/block-schedule.ts';
import { policyContext } from '../../../harness/experiment/policy-context.ts';
import type { TrialPolicy } from '../../../harness/experiment/policy-session.ts';
import { runTrial, type TrialOutcome } from '../../../harness/experiment/run-trial.ts';
import { trialLoad } from '../../../harness/experiment/trial-load.ts';
import { scheduleSha256 } from '../../../harness/load/schedule-file.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { fakeApplication, type FakeApplicationOptions } from '../../rig/fake-application.ts';
import { fakeDriver, readingOf, type FakeDriverOptions } from '../../rig/fake-driver.ts';
import { fakePolicy, fakeSpec, scaleTo, type FakePolicyOptions } from '../../rig/fake-policy.ts';
import { applicationProfileText, loaded } from '../profile/profile-text.ts';

const plan = makePlan(loaded(applicationProfileText({ trial: 'trial: { duration: 3s, warmup: 1s }' })), 'app');
/** What there is, as a test needs it. */
function there<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('it is not there');
  return value;
}

const [arm, load, application] = [there(plan.arms[0]), there(plan.loads[0]), there(plan.application)];
const schedule = there(blockSchedule(plan, load, 7));

interface Ran {
  readonly calls: readonly string[];
  readonly outcome: TrialOutcome;
  /** As they were told while it ran. */
  readonly samples: readonly Sample[];
  readonly leftFolders: readonly string[];
}

async function run(
  {
    testbed = {},
    driver: ofDriver = {},
    policy: ofPolicy = null,
  }: {
    readonly testbed?: FakeApplicationOptions;
    readonly driver?: FakeDriverOptions;
    readonly policy?: FakePolicyOptions | null;
  } = {},
  calls: string[] = [],
): Promise<Ran> {
  const { signal } = new AbortController();
  const driver = fakeDriver(calls, ofDriver);
  const samples: Sample[] = [];
  const policy: TrialPolicy | null = ofPolicy && {
    ...{ spec: fakeSpec, context: policyContext(plan, arm, 1, 2), start: fakePolicy(calls, ofPolicy).start },
    ...{ time: testbed.time ?? 'virtual', clock: systemClock },
  };
  await using stage = await fakeApplication(calls, testbed).prepare(plan, signal);
  const outcome = await runTrial(
    plan,
    stage,
    { id: '001-tight-1', arm, load, seed: 1, blockSeed: 7 },
    { load: trialLoad(application, schedule, driver), policy, onSample: (sample) => samples.push(sample) },
    signal,
  );
  return { calls, outcome, samples, leftFolders: driver.leftFolders() };
}

test('load and time begin at one instant, each sample has its reading, and the load ends before the trial does', async () => {
  const { calls, leftFolders } = await run({ driver: { originMs: 4321.25 } });

  expect(calls).toEqual([
    'testbed: begin tight',
    'driver: prepare for http://127.0.0.1:8080 on CPUs 1',
    'driver: go',
    'testbed: start at 4321.25',
    ...[1000, 2000, 3000].flatMap((atMs) => [
      `testbed: advance to ${atMs}`,
      'testbed: sample',
      `driver: reading until ${atMs}`,
    ]),
    'driver: finish',
    'testbed: finish',
    'driver: dispose',
    'testbed: dispose',
  ]);
  expect(leftFolders).toEqual([]);
});

test('what both found out comes together: samples with the load, requests, spans, and the evidence of the two', async () => {
  const { outcome, samples } = await run();

  expect(outcome.samples.map((sample) => sample.load)).toEqual([1, 2, 3].map(readingOf));
  expect(samples).toEqual(outcome.samples);
  expect(outcome.requests?.dueMs).toEqual(schedule.dueMs);
  expect(outcome.spans).toHaveLength(1);
  expect(outcome.evidence).toMatchObject({
    application: { events: [], startFailure: null },
    generator: { death: null, scheduleSha256: scheduleSha256(schedule) },
  });
});

test('a driver that dies leaves what it had, and its evidence says so', async () => {
  const { outcome, calls } = await run({ driver: { death: 'k6 was ended by SIGKILL' } });

  expect(outcome.evidence.generator?.death).toBe('k6 was ended by SIGKILL');
  expect(outcome.requests?.dueMs).toHaveLength(schedule.dueMs.length);
  expect(outcome.samples).toHaveLength(3);
  expect(calls.slice(-2)).toEqual(['driver: dispose', 'testbed: dispose']);
});

describe('no load is sent', () => {
  test('to an application that could not be started: there are no samples, and that is an outcome', async () => {
    const { calls, outcome } = await run({ testbed: { startFailures: { tight: 'echo-1 was not ready' } } });

    expect(calls).toEqual(['testbed: begin tight']);
    expect(outcome).toMatchObject({
      ...{ samples: [], requests: null, spans: [] },
      evidence: { application: { startFailure: 'echo-1 was not ready' }, generator: null },
    });
  });

  test('without a tracer', async () => {
    const { calls, outcome } = await run({ testbed: { isWithoutTracer: true } });

    expect(calls).toEqual(['testbed: begin tight']);
    expect(outcome).toMatchObject({
      ...{ samples: [], requests: null, spans: [] },
      evidence: { tracerDeath: 'The tracer is not permitted.', application: null, generator: null },
    });
  });
});

test('when the tracer is gone nobody waits for the rest of the load: it is put away with the trial', async () => {
  const { calls, outcome } = await run({ testbed: { tracerLostAt: 2 } });

  expect(outcome.samples.map(({ waits }) => waits === null)).toEqual([false, true]);
  expect(calls).not.toContain('driver: finish');
  expect(calls.slice(-3)).toEqual(['testbed: finish', 'driver: dispose', 'testbed: dispose']);
  expect(outcome).toMatchObject({
    requests: null,
    evidence: { tracerDeath: 'the tracer was ended by SIGKILL', generator: null },
  });
});

test('a driver that cannot get ready ends the trial: nothing was measured, and the evidence says why', async () => {
  const { calls, outcome, leftFolders } = await run({
    driver: { prepareError: new HarnessError('load-failed', 'The load generator was not ready within 30 s.') },
  });

  expect(calls).toEqual([
    'testbed: begin tight',
    'driver: prepare for http://127.0.0.1:8080 on CPUs 1',
    'testbed: dispose',
  ]);
  expect(outcome).toMatchObject({
    ...{ samples: [], requests: null, spans: [] },
    evidence: { loadFailure: 'The load generator was not ready within 30 s.', tracerDeath: null, generator: null },
  });
  expect(leftFolders).toEqual([]);
});

test('a fault in a driver is none of the trial, and nothing of it is left', async () => {
  const calls: string[] = [];

  await expect(run({ driver: { prepareError: new TypeError('undefined is not a function') } }, calls)).rejects.toThrow(
    'undefined is not a function',
  );
  expect(calls.at(-1)).toBe('testbed: dispose');
});

describe('a policy', () => {
  test('is ready before the load begins, is asked after each sample but the last, and ends before the rest is put away', async () => {
    const { calls, outcome } = await run({ policy: { answer: (_, step) => [scaleTo(step + 1)] } });

    expect(calls).toEqual([
      'testbed: begin tight',
      'driver: prepare for http://127.0.0.1:8080 on CPUs 1',
      'policy: start fake',
      'driver: go',
      'testbed: start at 1234.5',
      ...[1000, 2000].flatMap((atMs) => [
        `testbed: advance to ${atMs}`,
        'testbed: sample',
        `driver: reading until ${atMs}`,
        `policy: step at ${atMs}`,
        `testbed: actuate replicas of echo at ${atMs}`,
      ]),
      ...['testbed: advance to 3000', 'testbed: sample', 'driver: reading until 3000'],
      ...['driver: finish', 'testbed: finish', 'policy: dispose', 'driver: dispose', 'testbed: dispose'],
    ]);
    expect(outcome.evidence.policy).toEqual({
      ...{ name: 'fake', failure: null, steps: 2, lateSteps: 0, cpuSeconds: 0.002, residentBytes: 4096 },
    });
    expect(outcome.control?.actions.map(({ id, decision }) => [id, decision])).toEqual([
      [1, scaleTo(2)],
      [2, scaleTo(3)],
    ]);
  });

  test('that is none leaves nothing: no steps, no evidence', async () => {
    const { outcome } = await run();

    expect(outcome).toMatchObject({ control: null, evidence: { policy: null } });
  });

  test('that fails ends the trial at once, also between two samples; what was found out until then stays', async () => {
    const failure = new HarnessError('policy-failed', 'The policy fake was ended by SIGKILL.');
    const { calls, outcome } = await run({
      testbed: {
        time: 'wall',
        // The third sample never comes by itself.
        advance: (atMs, signal) => systemClock.sleep(atMs < 3000 ? 1 : 60_000, signal),
      },
      policy: {
        answer: (_, step) => (step === 1 ? [] : systemClock.sleep(20).then(() => Promise.reject(failure))),
      },
    });

    expect(outcome.samples).toHaveLength(2);
    expect(calls.slice(-5)).toEqual([
      ...['testbed: advance to 3000', 'testbed: finish', 'policy: dispose', 'driver: dispose', 'testbed: dispose'],
    ]);
    expect(outcome).toMatchObject({
      requests: null,
      evidence: {
        policy: { failure: 'The policy fake was ended by SIGKILL.', steps: 1 },
        ...{ application: { startFailure: null }, generator: null, loadFailure: null },
      },
    });
    expect(outcome.spans).toHaveLength(1);
  });

  test('that does not begin ends it before anything is sent', async () => {
    const startError = new HarnessError('policy-failed', 'The policy fake cannot be started: ENOENT.');
    const { calls, outcome } = await run({ policy: { startError } });

    expect(calls.slice(1)).toEqual([
      'driver: prepare for http://127.0.0.1:8080 on CPUs 1',
      ...['policy: start fake', 'driver: dispose', 'testbed: dispose'],
    ]);
    expect(outcome).toMatchObject({
      ...{ samples: [], requests: null, spans: [], control: null },
      evidence: {
        policy: { name: 'fake', failure: 'The policy fake cannot be started: ENOENT.', steps: 0 },
        ...{ application: null, loadFailure: null },
      },
    });
  });

  test('is not needed any more when the tracer is gone', async () => {
    const { calls, outcome } = await run({ testbed: { tracerLostAt: 2 }, policy: {} });

    expect(calls.filter((call) => call.startsWith('policy'))).toEqual([
      ...['policy: start fake', 'policy: step at 1000', 'policy: dispose'],
    ]);
    expect(outcome.evidence.policy).toMatchObject({ failure: null, steps: 1 });
  });
});
