import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { compose } from '../../../harness/cli/compose.ts';
import { findProblems } from '../../../harness/cli/find-problems.ts';
import type { Problem } from '../../../harness/core/errors.ts';
import type { JsonObject, Overrides, Plan, PlannedArm, PolicySpec } from '../../../harness/plan/plan.ts';
import { policySpecs } from '../../../harness/profile/policy-options.ts';
import type { Testbed } from '../../../harness/testbed/port.ts';
import { shippedPolicies } from '../profile/shipped-policies.ts';
import { armOf, examplePlan } from '../../rig/recorded.ts';
import { simPlan, simTestbed } from '../../rig/experiment-rig.ts';
import { runCli } from '../../rig/cli.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const world = compose({ PATH: process.env['PATH'] });

function policyOf(name: string, written: JsonObject = {}): PolicySpec {
  const { policies, mistakes } = policySpecs([{ policy: { name, ...written } }], shippedPolicies);
  const [policy] = policies;
  if (!policy) throw new Error(mistakes.map(({ message }) => message).join('; '));
  return policy;
}

const armWith = (name: string, policy: PolicySpec | null, overrides: Overrides = {}): PlannedArm => ({
  ...armOf(name, null),
  policy,
  overrides,
});

/** A testbed that can carry out replicas, and shows CPU, its request, and waits where they are measured. */
const testbed: Testbed = {
  ...{ time: 'wall', facts: (plan) => simTestbed(simPlan()).facts(plan), capacityCores: () => null },
  check: () => Promise.resolve([]),
  prepare: () => Promise.reject(new Error('nothing is to be prepared')),
  offers: ({ source }) =>
    Promise.resolve({
      inputs: ['cpu-usage', 'cpu-request', ...(source === 'none' ? [] : (['wait-sum', 'wait-histogram'] as const))],
      acts: ['replicas'],
    }),
};

const problemsOf = (arms: readonly PlannedArm[], plan: Partial<Plan> = {}): Promise<readonly Problem[]> =>
  findProblems(examplePlan({ ...plan, arms }), testbed, world);

test('policies that can see and do what they have to are no problem', async () => {
  const arms = [armWith('none', null), armWith('static', policyOf('static')), armWith('hpa', policyOf('hpa'))];

  expect(await problemsOf(arms)).toEqual([]);
});

test('what a policy needs to see and cannot is named, with policy, arm and testbed', async () => {
  const onMemory = armWith('memory', policyOf('hpa', { metrics: [{ memory: '80 %' }] }));

  expect(await problemsOf([onMemory])).toEqual([
    {
      severity: 'error',
      code: 'policy-input-missing',
      message:
        'The policy hpa of arm "memory" needs memory-usage (memory of each replica), which the testbed local cannot give here.',
      hint: 'Choose options with which it does without, or another testbed.',
    },
  ]);
});

test('what a policy decides and nobody can carry out is named as well, each thing by itself', async () => {
  const messages = (await problemsOf([armWith('all', policyOf('showar', { affinity: 'on' }))])).map(
    ({ message }) => message,
  );

  expect(messages).toEqual([
    'The policy showar of arm "all" needs memory-usage (memory of each replica), which the testbed local cannot give here.',
    'The policy showar of arm "all" needs oom-kills (kills by the memory limit), which the testbed local cannot give here.',
    'The policy showar of arm "all" decides about cpu, which the testbed local cannot carry out.',
    'The policy showar of arm "all" decides about memory, which the testbed local cannot carry out.',
    'The policy showar of arm "all" decides about placement, which the testbed local cannot carry out.',
  ]);
});

test('the testbed is asked under the overrides of the arm, and the hint names the source that leaves a policy blind', async () => {
  const onWaits = policyOf('hpa', { metrics: [{ pods: 'runqueue-wait-p95', averageValue: '15ms' }] });

  expect(await problemsOf([armWith('seeing', onWaits)])).toEqual([]);
  expect(await problemsOf([armWith('blind', onWaits, { source: 'none' })])).toMatchObject([
    {
      message:
        'The policy hpa of arm "blind" needs wait-histogram (run-queue wait of each replica as a histogram), which the testbed local cannot give here.',
      hint: 'The profile says source: none.',
    },
  ]);
});

test('a program that is not there is found before anything starts', async () => {
  const program = policyOf('process', { command: ['./gone'] });

  expect(await problemsOf([armWith('mine', program)])).toMatchObject([{ severity: 'error' }]);
});

test('check and run exit 3 for it, and nothing is created', async () => {
  const folder = temporaryFolder();
  // The simulator carries out replicas alone.
  writeFileSync(
    join(folder, 'sim.yaml'),
    `\
testbed: { kind: sim, cores: 2 cores }
application: one-service
objective: 200ms
trial: { duration: 20s, warmup: 2s }
timeCompression: 60
canary: null
arms:
  - { name: fixed }
  - { name: placed, policy: { name: showar, affinity: on, vertical: off, horizontal: off } }
loads: [{ name: low, rate: 20/s }]
hypotheses: [{ arm: placed, against: fixed, metric: latency-p95 }]
`,
  );
  const message =
    'error: The policy showar of arm "placed" decides about placement, which the testbed sim cannot carry out.\n';

  const check = await runCli(['check', 'sim.yaml'], { folder });
  expect(check.exitCode, check.stderr).toBe(3);
  expect(check.stderr).toContain(message);
  const run = await runCli(['run', 'sim.yaml'], { folder });
  expect(run.exitCode).toBe(3);
  expect(run.stderr).toContain(message);
  expect(run.stderr).toContain('The profile cannot be run here; nothing was started.');
});
