import { describe, expect, test } from 'vitest';
import { blockSchedule } from '../../../harness/experiment/block-schedule.ts';
import { scheduleSha256 } from '../../../harness/load/schedule-file.ts';
import { makeBlock } from '../../../harness/plan/block.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import { applicationProfileText, loaded, profileText } from '../profile/profile-text.ts';

const planOf = (fields: Readonly<Record<string, string>> = {}, sets: readonly string[] = []): Plan =>
  makePlan(loaded(applicationProfileText(fields), sets), 'app');
const hashes = (plan: Plan): readonly string[] =>
  plan.blocks.map(({ load, seed }) => {
    const schedule = blockSchedule(plan, plan.loads.find(({ name }) => name === load) ?? null, seed);
    return schedule === null ? '' : scheduleSha256(schedule);
  });

describe('the arrivals of a block', () => {
  test('are the same bytes again for the same plan and block, and others for every other block', () => {
    const plan = planOf();

    expect(hashes(plan)).toEqual(hashes(planOf()));
    expect(new Set(hashes(plan)).size).toBe(8);
  });

  test('change with the seed, and with nothing that is no matter of the load', () => {
    expect(hashes(planOf({}, ['seed=2']))[0]).not.toBe(hashes(planOf())[0]);
    const others = {
      arms: 'arms: [{ name: x, assumedDemand: 50 % }, { name: y }, { name: z, disturbances: { cpu: 1 } }]',
      hypotheses: 'hypotheses: [{ arm: x, against: z, metric: cpu-cores }]',
      driver: 'driver: { name: k6, spans: 100 % }',
      objective: 'objective: 90ms',
    };
    expect(hashes(planOf(others))).toEqual(hashes(planOf()));
  });

  test('of a block in the place of another are drawn from its own number', () => {
    const plan = planOf();
    const fresh = makeBlock(plan, 9, 'low');
    const [load = null] = plan.loads;
    const schedule = blockSchedule(plan, load, fresh.seed);

    expect(hashes(plan)).not.toContain(schedule && scheduleSha256(schedule));
  });

  test('ask for the endpoints of the mix that the load names, or of the first', () => {
    const endpoints = (mix: string): ReadonlySet<number> => {
      const plan = planOf({ loads: `loads: [{ name: low, rate: 50/s${mix} }]` });
      const [load = null] = plan.loads;
      return new Set(blockSchedule(plan, load, 7)?.endpoint);
    };

    expect(endpoints('')).toEqual(new Set([0, 1]));
    expect(endpoints(', mix: say-only')).toEqual(new Set([0]));
  });

  test('come as fast under time compression, along a time axis that is divided', () => {
    const ramp = { loads: 'loads: [{ name: low, rate: { shape: ramp, from: 0/s, to: 200/s, over: 10s } }]' };
    const arrivals = (sets: readonly string[]): number => {
      const plan = planOf(ramp, sets);
      const [load = null] = plan.loads;
      return blockSchedule(plan, load, 7)?.dueMs.length ?? 0;
    };

    // 250 are expected in the first half of the ramp; when it takes half a second, 950.
    expect(arrivals([])).toBeLessThan(350);
    expect(arrivals(['timeCompression=20'])).toBeGreaterThan(800);
  });
});

test('without an application, and without a load, there are none', () => {
  const sim = makePlan(
    loaded(
      profileText({ testbed: 'testbed: { kind: sim, cores: 1 core }', loads: 'loads: [{ name: low, rate: 5/s }]' }),
    ),
    'sim',
  );
  const [load = null] = sim.loads;

  expect(blockSchedule(sim, load, 7)).toBeNull();
  expect(blockSchedule(planOf(), null, 7)).toBeNull();
});
