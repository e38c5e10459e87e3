import { describe, expect, test } from 'vitest';
import { HarnessError } from '../../../harness/core/errors.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import type { Plan, PlannedArm } from '../../../harness/plan/plan.ts';
import type { RecordedTrial } from '../../../harness/store/trial-record.ts';
import { runInRig, type RigRun } from '../../rig/experiment-rig.ts';
import { fakeApplication } from '../../rig/fake-application.ts';
import { fakeDriver } from '../../rig/fake-driver.ts';
import { fakePolicy, fakeSpec, scaleTo, type FakePolicy, type FakePolicyOptions } from '../../rig/fake-policy.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { verified } from '../../rig/verified.ts';
import { applicationProfileText, loaded } from '../profile/profile-text.ts';

/** Two arms, `tight` with the policy and `ample` without one. */
function planOf(changes: Partial<PlannedArm> = {}): Plan {
  const plan = makePlan(
    loaded(applicationProfileText({ blocks: 'blocks: 1', trial: 'trial: { duration: 3s, warmup: 1s }' })),
    'policy',
  );
  const arms = plan.arms.map((arm) => (arm.name === 'tight' ? { ...arm, policy: fakeSpec, ...changes } : arm));
  return { ...plan, arms };
}

interface Ran extends RigRun {
  readonly policy: FakePolicy;
  readonly tight: RecordedTrial;
  readonly ample: RecordedTrial;
}

async function run(options: FakePolicyOptions, plan = planOf()): Promise<Ran> {
  const policy = fakePolicy([], options);
  const testbed = fakeApplication([]);
  const ran = await runInRig(temporaryFolder(), plan, { testbed, driver: fakeDriver([]), startPolicy: policy.start });
  const trials = [...ran.recorded.trials.values()];
  const of = (arm: string): RecordedTrial => {
    const trial = trials.find(({ record }) => record.arm === arm);
    if (trial === undefined) throw new Error(`no trial of ${arm}`);
    return trial;
  };
  return { ...ran, policy, tight: of('tight'), ample: of('ample') };
}

test('what a policy did stands in the folder of its trial, and nothing in that of an arm without one', async () => {
  const ran = await run({ answer: (_, step) => [scaleTo(step + 1)] });

  expect(ran.end).toBe('complete');
  expect(ran.tight.record.verdict).toEqual({ kind: 'valid' });
  expect(Object.keys(ran.tight.record.files)).toContain('decisions.jsonl');
  expect(ran.tight.control?.steps).toMatchObject([
    { atMs: 1000, samples: 1, missed: 0, decisions: 1 },
    { atMs: 2000, samples: 1, missed: 0, decisions: 1 },
  ]);
  expect(ran.tight.control?.actions.map(({ decision }) => decision)).toEqual([scaleTo(2), scaleTo(3)]);
  expect(Object.keys(ran.ample.record.files)).not.toContain('decisions.jsonl');
  expect(ran.ample).toMatchObject({ control: null, record: { evidence: { policy: null } } });
  expect((await verified(ran.recorded)).findings).toEqual([]);
});

test('it is told of the services, of what its arm begins with, and of the cores there are', async () => {
  const { policy, tight } = await run({});

  expect(policy.contexts).toHaveLength(1);
  expect(policy.contexts[0]).toMatchObject({
    services: [{ name: 'gate' }, { name: 'echo' }],
    allocation: { echo: { cpuLimitCores: 0.1 } },
    capacityCores: 1,
  });
  expect(tight.record.evidence.policy).toMatchObject({ name: 'fake', steps: 2, cpuSeconds: 0.002 });
});

test('decisions that are not to be carried out are refused and logged, and the trial goes on', async () => {
  const { tight, recorded } = await run({
    answer: (_, step) =>
      step > 1 ? [] : [scaleTo(2, 'ecco'), scaleTo(NaN), scaleTo(-1), scaleTo(11), scaleTo(Infinity)],
  });

  expect(tight.record.verdict).toEqual({ kind: 'valid' });
  expect(tight.control?.steps).toHaveLength(2);
  expect(tight.control?.actions.map(({ state, note }) => `${state}: ${note ?? ''}`)).toEqual([
    'refused: no service is called ecco',
    'refused: replicas NaN is not a finite number',
    'refused: replicas -1 is below the bound of 1',
    'refused: replicas 11 is above the bound of 10',
    'refused: replicas Infinity is not a finite number',
  ]);
  expect((await verified(recorded)).findings).toEqual([]);
});

describe('a trial is failed, not repeated, and the experiment goes on, if its policy', () => {
  test.each<[string, FakePolicyOptions, string]>([
    [
      'throws',
      {
        answer: () =>
          Promise.reject(new HarnessError('policy-failed', 'The policy fake failed in step 1: no such key')),
      },
      'The policy fake failed in step 1: no such key',
    ],
    [
      'answers what is no decision',
      { answer: () => ['scale out!'] },
      'The policy fake answered what is no decision: a decision is "scale out!", not an object.',
    ],
    ['does not begin', { startError: new HarnessError('policy-failed', 'No such program.') }, 'No such program.'],
  ])('%s', async (_how, options, text) => {
    const { end, tight, ample, recorded } = await run(options);

    expect(end).toBe('complete');
    expect(recorded.trials.size).toBe(2);
    expect(tight.record.verdict).toEqual({ kind: 'failed', code: 'policy-failed', text });
    expect(ample.record.verdict).toEqual({ kind: 'valid' });
    expect((await verified(recorded)).findings).toEqual([]);
  });
});

test('the load of each arm is sent by the driver that it asks for', async () => {
  const own = { name: 'k6', timeoutMs: 700, mostInFlight: 9, connections: { kind: 'fresh' }, spanShare: 0 } as const;
  const plan = planOf({ policy: null, overrides: { driver: own } });
  const driver = fakeDriver([]);
  await runInRig(temporaryFolder(), plan, { testbed: fakeApplication([]), driver });

  const timeouts = plan.blocks[0]?.trials.map(({ arm }) =>
    arm === 'tight' ? 700 : plan.application?.driver.timeoutMs,
  );
  expect(driver.orders.map(({ timeoutMs }) => timeoutMs)).toEqual(timeouts);
});
