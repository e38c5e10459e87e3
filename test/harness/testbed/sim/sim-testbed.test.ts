import { expect, test } from 'vitest';
import { simPlan, simTestbed } from '../../../rig/experiment-rig.ts';
import { echoPlan } from '../local/application/application-plan.ts';
import { simulatedPlan } from './simulated-plan.ts';

test('without an application, Poisson arrivals at a constant rate are all that it can be given, and it says so', async () => {
  const plan = simPlan();
  expect(await simTestbed(plan).check(plan)).toEqual([]);
  const [low] = plan.loads;
  if (low === undefined) throw new Error('no load');
  const even = { ...low, arrivals: { kind: 'even' } } as const;
  expect(await simTestbed(plan).check({ ...plan, loads: [low, { ...even, name: 'even' }] })).toEqual([
    {
      ...{ severity: 'error', code: 'load-not-simulated' },
      message:
        'Without an application the simulator has Poisson arrivals at a constant rate only; the load even has others.',
      hint: 'Use a load with a plain `rate`, or the application one-service.',
    },
  ]);
});

test('without an application nothing can be seen or scaled', async () => {
  const plan = simPlan();
  const testbed = simTestbed(plan);

  expect(testbed.capacityCores(plan)).toBeNull();
  expect(await testbed.offers(plan)).toEqual({ inputs: [], acts: [] });
  expect(await testbed.facts(plan)).toEqual({
    ...{ kind: 'sim', cores: 2, source: 'sim', details: { workMicros: 10_000 }, notes: [] },
  });
});

test('an application of one service can be scaled, under any load', async () => {
  const plan = simulatedPlan({
    loads: [
      { name: 'even', rate: '50/s', arrivals: 'even' },
      { name: 'wave', rate: { shape: 'sine', mean: '50/s', amplitude: '20/s', period: '10s' } },
    ],
  });
  const testbed = simTestbed(plan);

  expect(await testbed.check(plan)).toEqual([]);
  expect(testbed.capacityCores(plan)).toBe(8);
  expect((await testbed.offers(plan)).acts).toEqual(['replicas', 'cpu', 'memory']);
  expect((await testbed.facts(plan)).notes).toEqual(['The simulator kills no replica at its memory limit.']);
});

test('what it does not simulate is refused, and nothing is left out in silence', async () => {
  const plan = simulatedPlan();
  const { application, arms } = plan;
  const [first] = arms;
  if (application === null || first === undefined) throw new Error('no application');
  const faults = [{ kind: 'kill', service: 'web', atMs: 1 }] as const;
  const driver = { ...application.driver, name: 'k6' } as const;
  const messages = async (changes: Partial<typeof plan>): Promise<readonly string[]> => {
    const problems = await simTestbed(plan).check({ ...plan, ...changes });
    return problems.map(({ code, message, hint }) => `${code}: ${message} ${hint}`);
  };

  expect(await messages({ application: echoPlan().application })).toEqual([
    'application-not-simulated: The simulator has applications of one service; echo has 2. Use `testbed: { kind: local }`, or the application one-service.',
  ]);
  expect(await messages({ canary: { ratePerSecond: 200, workMicros: 100 } })).toEqual([
    'application-not-simulated: The simulator has no canary beside an application. Set `canary: null`.',
  ]);
  expect(await messages({ arms: [{ ...first, disturbances: { cpu: { threads: 1 } } }] })).toEqual([
    'application-not-simulated: The simulator has no disturbances beside an application. Leave them out, or use `testbed: { kind: local }`.',
  ]);
  expect(await messages({ application: { ...application, faults } })).toEqual([
    'application-not-simulated: The simulator has no faults of replicas. Leave them out, or use `testbed: { kind: local }`.',
  ]);
  expect(await messages({ arms: [first, { ...first, overrides: { driver } }] })).toEqual([
    'application-not-simulated: The simulator sends the load itself; it has no k6. Leave the driver out, or use `testbed: { kind: local }`.',
  ]);
});
