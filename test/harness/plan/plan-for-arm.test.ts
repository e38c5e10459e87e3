import { expect, test } from 'vitest';
import { planForArm } from '../../../harness/plan/plan-for-arm.ts';
import type { DriverSpec, Fault } from '../../../harness/plan/plan.ts';
import { examplePlan } from '../../rig/recorded.ts';
import { applicationOf, modelNamed } from '../../rig/recorded-application.ts';

const application = applicationOf(modelNamed('echo'), { faults: [{ kind: 'kill', service: 'gate', atMs: 5000 }] });
const plan = examplePlan({ application });

test('an arm that overrides nothing sees the plan itself', () => {
  expect(planForArm(plan, { overrides: {} })).toBe(plan);
});

test('what an arm overrides is its own, the rest that of the plan', () => {
  const driver: DriverSpec = { ...application.driver, name: 'k6' };
  const faults: readonly Fault[] = [{ kind: 'stop', service: 'echo', atMs: 1000, durationMs: 500 }];

  expect(planForArm(plan, { overrides: { source: 'none' } })).toEqual({ ...plan, source: 'none' });
  expect(planForArm(plan, { overrides: { driver } })).toEqual({ ...plan, application: { ...application, driver } });
  expect(planForArm(plan, { overrides: { faults } })).toEqual({ ...plan, application: { ...application, faults } });
  expect(planForArm(plan, { overrides: { canary: { ratePerSecond: 10, workMicros: 50 } } })).toEqual({
    ...plan,
    canary: { ratePerSecond: 10, workMicros: 50 },
  });
});

test('an arm without a canary, or without faults, has none', () => {
  expect(planForArm(plan, { overrides: { canary: null, faults: [] } })).toEqual({
    ...plan,
    canary: null,
    application: { ...application, faults: [] },
  });
});

test('without an application there is nothing to send', () => {
  const bare = examplePlan();

  expect(planForArm(bare, { overrides: { source: 'schedstat', faults: [] } })).toEqual({
    ...bare,
    source: 'schedstat',
  });
});
