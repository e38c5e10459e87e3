import { expect, test } from 'vitest';
import { simPlan, simTestbed } from '../../../rig/experiment-rig.ts';
import { echoPlan } from '../local/application/application-plan.ts';

test('Poisson arrivals at a constant rate are all that it can be given, and it says so', async () => {
  const plan = simPlan();
  expect(await simTestbed(plan).check(plan)).toEqual([]);
  const [low] = plan.loads;
  if (low === undefined) throw new Error('no load');
  const even = { ...low, arrivals: { kind: 'even' } } as const;
  expect(await simTestbed(plan).check({ ...plan, loads: [low, { ...even, name: 'even' }] })).toEqual([
    {
      ...{ severity: 'error', code: 'load-not-simulated' },
      message: 'The simulator has Poisson arrivals at a constant rate only; the load even has others.',
      hint: 'Use `testbed: { kind: local }`, or a load with a plain `rate`.',
    },
  ]);
});

test('it runs no application', async () => {
  const plan = simPlan();
  const { application } = echoPlan();
  expect(simTestbed(plan).capacityCores()).toBeNull();
  expect(await simTestbed(plan).check({ ...plan, application })).toEqual([
    {
      ...{ severity: 'error', code: 'application-not-simulated' },
      ...{ message: 'The simulator cannot run the application echo.', hint: 'Use `testbed: { kind: local }`.' },
    },
  ]);
});
