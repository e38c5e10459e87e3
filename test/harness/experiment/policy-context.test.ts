import { expect, test } from 'vitest';
import { policyContext } from '../../../harness/experiment/policy-context.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import type { Plan, PlannedArm } from '../../../harness/plan/plan.ts';
import type { PolicyContext } from '../../../harness/policy/port.ts';
import { applicationProfileText, loaded } from '../profile/profile-text.ts';

function planOf(fields: Readonly<Record<string, string>> = {}): { readonly plan: Plan; readonly arm: PlannedArm } {
  const plan = makePlan(
    loaded(applicationProfileText({ trial: 'trial: { duration: 30s, warmup: 1s }', ...fields })),
    'app',
  );
  const [arm] = plan.arms;
  if (arm === undefined) throw new Error('no arm');
  return { plan, arm };
}

function contextOf(fields: Readonly<Record<string, string>> = {}, seed = 5): PolicyContext {
  const { plan, arm } = planOf(fields);
  return policyContext(plan, arm, seed, 1.5);
}

test('it has the services with whom they call, and what the trial begins with', () => {
  const { plan, arm } = planOf();
  expect(contextOf()).toMatchObject({
    services: [
      { name: 'gate', role: 'front', isScalable: true, calls: ['echo'], startUpMs: 100 },
      { name: 'echo', role: 'service', isScalable: true, calls: [], startUpMs: 100 },
    ],
    ...{ allocation: arm.allocation, bounds: plan.bounds, capacityCores: 1.5 },
    ...{ sampleMs: 1000, timeCompression: 1, objectiveMs: 200 },
  });
});

test('whom a service calls stands there once and in the order of the model, choices and parallel calls included', () => {
  const fields = { application: 'application: social-network', objective: 'objective: 500ms' };
  const { plan } = planOf(fields);
  const order = plan.application?.model.services.map(({ name }) => name) ?? [];
  const { services } = contextOf(fields);
  expect(services.map(({ name }) => name)).toEqual(order);
  expect(services.find(({ name }) => name === 'nginx-thrift')?.calls).toEqual([
    ...['compose-post-service', 'user-service', 'user-timeline-service'],
    ...['home-timeline-service', 'social-graph-service'],
  ]);
  for (const { calls } of services) expect(calls).toEqual(order.filter((name) => calls.includes(name)));
  const isScalable = new Map(services.map(({ role, isScalable: may }) => [role, may]));
  expect(Object.fromEntries(isScalable)).toEqual({ front: true, service: true, store: false });
});

test('published seconds, start-up and samples are divided by the time compression; only samples stop at 100 ms', () => {
  const context = contextOf({ timeCompression: 'timeCompression: 50', trial: 'trial: { duration: 3s, warmup: 1s }' });
  expect(context.compressed(15)).toBe(300);
  expect(context.compressed(1)).toBe(20);
  expect(context).toMatchObject({ sampleMs: 100, timeCompression: 50, objectiveMs: 200 });
  expect(context.services.map(({ startUpMs }) => startUpMs)).toEqual([2, 2]);
});

test('its random stream is that of the trial', () => {
  const draws = (seed: number): readonly number[] => {
    const { random } = contextOf({}, seed);
    return [random.uniform(), random.uniform()];
  };
  expect(draws(5)).toEqual(draws(5));
  expect(draws(5)).not.toEqual(draws(6));
});
