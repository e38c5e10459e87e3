import { describe, expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import { blockSchedule } from '../../../harness/experiment/block-schedule.ts';
import { runTrial, type TrialOutcome } from '../../../harness/experiment/run-trial.ts';
import { trialLoad } from '../../../harness/experiment/trial-load.ts';
import { scheduleSha256 } from '../../../harness/load/schedule-file.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { fakeApplication, type FakeApplicationOptions } from '../../rig/fake-application.ts';
import { fakeDriver, readingOf, type FakeDriverOptions } from '../../rig/fake-driver.ts';
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
  }: { readonly testbed?: FakeApplicationOptions; readonly driver?: FakeDriverOptions } = {},
  calls: string[] = [],
): Promise<Ran> {
  const { signal } = new AbortController();
  const driver = fakeDriver(calls, ofDriver);
  const samples: Sample[] = [];
  await using stage = await fakeApplication(calls, testbed).prepare(plan, signal);
  const outcome = await runTrial(
    plan,
    stage,
    { id: '001-tight-1', arm, load, seed: 1, blockSeed: 7 },
    { load: trialLoad(application, schedule, driver), policy: null, onSample: (sample) => samples.push(sample) },
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
