import { expect, test } from 'vitest';
import { makePlan } from '../../../../harness/plan/make-plan.ts';
import type { Plan, PlannedArm } from '../../../../harness/plan/plan.ts';
import { policyOffers } from '../../../../harness/testbed/local/policy-offers.ts';
import { fakeSpec } from '../../../rig/fake-policy.ts';
import { applicationProfileText, loaded, profileText } from '../../profile/profile-text.ts';

const plan = makePlan(loaded(applicationProfileText()), 'app');
/** With other things in the arms `tight`, which has a CPU limit, and `ample`, which has none. */
const withArms = (tight: Partial<PlannedArm>, ample: Partial<PlannedArm>): Plan => ({
  ...plan,
  arms: plan.arms.map((arm) => ({ ...arm, ...(arm.name === 'tight' ? tight : ample) })),
});
const needing = (...needs: readonly string[]): Partial<PlannedArm> => ({
  policy: { ...fakeSpec, demands: { ...fakeSpec.demands, needs } },
});
const waits = ({ inputs }: { readonly inputs: readonly string[] }): readonly string[] =>
  inputs.filter((input) => input.startsWith('wait'));

test('all that a cgroup, a twin and the tracer tell can be seen; what nobody measures cannot', () => {
  const { inputs, acts } = policyOffers(plan, 'bpf', []);
  expect([...inputs].sort()).toEqual([
    ...['cpu-request', 'cpu-throttling', 'cpu-usage', 'latency', 'memory-usage', 'oom-kills', 'request-rate'],
    ...['wait-histogram', 'wait-sum'],
  ]);
  expect(acts).toEqual(['replicas', 'cpu', 'memory']);
});

test('of waits, schedstat has sums, and no source has none', () => {
  expect(waits(policyOffers(plan, 'schedstat', []))).toEqual(['wait-sum']);
  expect(waits(policyOffers(plan, 'none', []))).toEqual([]);
});

test('without a memory controller memory is neither seen nor limited', () => {
  const { inputs, acts } = policyOffers(plan, 'bpf', ['memory']);
  expect(inputs).not.toContain('memory-usage');
  expect(inputs).not.toContain('oom-kills');
  expect(acts).toEqual(['replicas', 'cpu']);
});

test.each([
  [
    'the arm that needs it has a limit, which is its request',
    withArms(needing('cpu-request'), needing('cpu-usage')),
    true,
  ],
  ['the arm that needs it has neither', withArms({}, needing('cpu-request')), false],
])('a CPU request is there if %s', (_, changed, isThere) => {
  expect(policyOffers(changed, 'bpf', []).inputs.includes('cpu-request')).toBe(isThere);
});

test('where there is no application there is nothing for a policy', () => {
  expect(policyOffers(makePlan(loaded(profileText()), 'p'), 'bpf', [])).toEqual({ inputs: [], acts: [] });
});
