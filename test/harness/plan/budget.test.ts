import { describe, expect, test } from 'vitest';
import { budget, budgetLine, type BudgetContext, type Noise } from '../../../harness/plan/budget.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import { readProjectFile } from '../../guard/project-files.ts';
import { applicationProfileText, loaded, profileText } from '../profile/profile-text.ts';

const runqueue = (sets: readonly string[] = []): Plan =>
  makePlan(loaded(readProjectFile('profiles/runqueue.yaml'), sets), 'runqueue');
const noise: Noise = {
  experiment: '20261124-101500-ab12',
  source: 'bpf',
  standardDeviation: { 'canary-wait-p95': 9e-6, 'all-wait-total': 0.002 },
};
const line = (plan: Plan, known: Noise | null = null): string =>
  budgetLine(budget(plan, { overheadPerTrialMs: 500, noise: known, capacityCores: null }));

describe('the budget line', () => {
  test('without an A/A experiment says so, and what to do', () => {
    expect(line(runqueue())).toBe(
      '8 blocks x 4 arms x 5 s = 2 min 56 s; 3 hypotheses, 7 blocks needed to rank; smallest difference found with 80 % power: unknown, run an A/A profile first, with the same testbed and load',
    );
  });

  test('with one says the smallest difference, and names it', () => {
    expect(line(runqueue(), noise)).toBe(
      '8 blocks x 4 arms x 5 s = 2 min 56 s; 3 hypotheses, 7 blocks needed to rank; smallest difference found with 80 % power: 14.0 µs (from A/A experiment 20261124-101500-ab12, source bpf)',
    );
  });

  test('says for each metric what is known of it', () => {
    const sets = ['hypotheses[1].metric=all-wait-mean', 'hypotheses[2].metric=all-wait-total'];

    expect(line(runqueue(sets), noise)).toBe(
      '8 blocks x 4 arms x 5 s = 2 min 56 s; 3 hypotheses, 7 blocks needed to rank; smallest difference found with 80 % power: canary-wait-p95 14.0 µs, all-wait-mean unknown, all-wait-total 3.11 ms per second (from A/A experiment 20261124-101500-ab12, source bpf)',
    );
  });

  test('says when the blocks are too few to rank anything', () => {
    expect(
      line(runqueue(['blocks=1', 'trial.duration=2500ms', 'trial.warmup=500ms', 'sampleInterval=500ms']), noise),
    ).toBe('1 block x 4 arms x 2.5 s = 12 s; 3 hypotheses, 7 blocks needed to rank, 6 too few: numbers, no ranking');
  });

  test('of an A/A profile says that it is what will tell', () => {
    expect(line(makePlan(loaded(readProjectFile('profiles/runqueue-aa.yaml')), 'runqueue-aa'))).toBe(
      '8 blocks x 2 arms x 5 s = 1 min 28 s; 1 hypothesis, 6 blocks needed to rank; smallest difference found with 80 % power: to be learned by this A/A experiment',
    );
  });
});

describe('an application', () => {
  const hypotheses = ['latency-p95', 'violation-share', 'cpu-cores', 'application-wait-total'];
  const plan = makePlan(
    loaded(
      applicationProfileText({
        blocks: 'blocks: 8',
        arms: `arms:
  - { name: tight, allocation: { default: { cpu: 0.1 cores }, services: { echo: { replicas: 5 } } } }
  - { name: ample, allocation: { default: { cpu: 0.7 cores }, services: { echo: { replicas: 2, cpu: 400 millicores } } } }`,
        hypotheses: `hypotheses:\n${hypotheses.map((metric) => `  - { arm: tight, against: ample, metric: ${metric} }\n`).join('')}`,
      }),
    ),
    'a',
  );
  const standardDeviation = {
    'latency-p95': 0.02,
    'violation-share': 0.001,
    'cpu-cores': 0.03,
    'application-wait-total': 0.5,
  };
  const lineWith = (changes: Partial<BudgetContext>): string =>
    budgetLine(budget(plan, { overheadPerTrialMs: 0, noise: null, capacityCores: null, ...changes }));

  test('has a smallest difference in the unit of each metric', () => {
    expect(lineWith({ noise: { ...noise, standardDeviation } })).toBe(
      '8 blocks x 2 arms x 5 s = 1 min 20 s; 4 hypotheses, 8 blocks needed to rank; smallest difference found with 80 % power: latency-p95 38.2 ms, violation-share 0.191 points, cpu-cores 0.0573 cores, application-wait-total 955 ms per second (from A/A experiment 20261124-101500-ab12, source bpf)',
    );
  });

  test('whose A/A experiment never showed a difference has none that is known', () => {
    expect(
      lineWith({ noise: { ...noise, standardDeviation: { ...standardDeviation, 'violation-share': 0 } } }),
    ).toMatch(/power: latency-p95 .*, violation-share unknown, cpu-cores /);
  });

  test('is told where its limits promise more CPU than there is, replicas counted', () => {
    const told = (capacityCores: number | null): readonly string[] => lineWith({ capacityCores }).split('; ').slice(3);

    // 0.1 + 5 x 0.1 cores, and 0.7 + 2 x 0.4.
    expect(told(1)).toEqual(['the CPU limits of ample add up to 1.5 cores of 1 that the application has']);
    expect(told(0.5)).toEqual([
      'the CPU limits of tight add up to 0.6 cores of 0.5 that the application has',
      'the CPU limits of ample add up to 1.5 cores of 0.5 that the application has',
    ]);
    expect(told(0.6)).toHaveLength(1);
    expect([told(1.5), told(null)]).toEqual([[], []]);
  });

  test('without limits promises nothing', () => {
    const free = makePlan(
      loaded(applicationProfileText({ arms: 'arms: [{ name: tight }, { name: ample, assumedDemand: 50 % }]' })),
      'a',
    );

    expect(budget(free, { overheadPerTrialMs: 0, noise: null, capacityCores: 0.01 }).overcommitted).toEqual([]);
  });
});

test('under several loads every hypothesis counts once for each, and blocks are per load', () => {
  const text = profileText({
    testbed: 'testbed: { kind: sim, cores: 1 core }',
    loads: 'loads: [{ name: low, rate: 1/s }, { name: high, rate: 9/s }]',
    blocks: 'blocks: 7',
  });
  const plan = makePlan(loaded(text), 'a');

  expect(budget(plan, { overheadPerTrialMs: 0, noise: null, capacityCores: null })).toMatchObject({
    blocks: 7,
    loads: 2,
    trials: 28,
    wallMs: 140_000,
    comparisons: 2,
    blocksNeeded: 7,
    isEnoughToRank: true,
  });
  expect(line(plan)).toMatch(
    /^7 blocks x 2 loads x 2 arms x 5 s = 2 min 34 s; 2 hypotheses, 7 blocks needed to rank; /,
  );
});

test('the same plan and noise give the same number, and more blocks a smaller one', () => {
  const smallest = (blocks: number): number => {
    const [first] = budget(runqueue([`blocks=${blocks}`]), {
      overheadPerTrialMs: 0,
      noise,
      capacityCores: null,
    }).detectable;
    return first?.difference ?? NaN;
  };

  expect(smallest(8)).toBe(smallest(8));
  expect(smallest(30)).toBeLessThan(smallest(8));
});
