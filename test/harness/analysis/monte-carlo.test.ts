/** What is promised about findings, held against experiments that are made up: thousands of them, each through `compareArms`. */
import { describe, expect, test } from 'vitest';
import { compareArms, type BlockOutcomes } from '../../../harness/analysis/compare.ts';
import type { Comparison, TrialMetrics } from '../../../harness/analysis/summary.ts';
import { stream, type Random } from '../../../harness/core/random.ts';
import { budget } from '../../../harness/plan/budget.ts';
import type { MetricName, Plan } from '../../../harness/plan/plan.ts';
import { armOf, examplePlan, metricsOf } from '../../rig/recorded.ts';
import { skewedDistributions, standardNormal } from '../statistics/skewed-distribution.ts';

const fourMetrics = ['latency-p99', 'violation-share', 'core-seconds', 'cost'] as const;

/** A hypothesis about each of the metrics. */
const planOf = (blockCount: number, metrics: readonly MetricName[]): Plan =>
  examplePlan({
    ...{ blockCount, arms: [armOf('a', null), armOf('b', null)] },
    hypotheses: metrics.map((metric) => ({ arm: 'a', against: 'b', metric, margin: null })),
  });

type Outcome = number | 'failed';
const nothing = metricsOf({});

/** Runs a plan without a testbed: `draw` says what a trial of an arm gave, and the blocks differ as they please. */
function findingsOf(
  plan: Plan,
  draw: (arm: 'a' | 'b', metric: MetricName, block: number) => Outcome,
): readonly Comparison[] {
  const blocks = plan.blocks.map(({ number, load }): BlockOutcomes => {
    const outcomeOf = (arm: 'a' | 'b'): TrialMetrics | 'failed' => {
      const values = plan.hypotheses.map(({ metric }) => [metric, draw(arm, metric, number)] as const);
      return values.some(([, value]) => value === 'failed')
        ? 'failed'
        : { ...nothing, values: { ...nothing.values, ...Object.fromEntries(values) } };
    };
    return { block: number, load, outcomes: new Map((['a', 'b'] as const).map((arm) => [arm, outcomeOf(arm)])) };
  });
  return compareArms(plan, blocks);
}

const isFound = ({ ranking }: Comparison): boolean => ranking === 'higher' || ranking === 'lower';

/** Of so many made-up experiments, the share with a finding that one looks for. */
function shareOf(experiments: number, has: (random: Random) => boolean, seed: string): number {
  const random = stream(20_261_124, seed);
  let found = 0;
  for (let experiment = 0; experiment < experiments; experiment++) if (has(random)) found++;
  return found / experiments;
}

describe('an A/A experiment finds a false difference in at most 5 of 100', () => {
  test.for(skewedDistributions.flatMap((noise) => [6, 8].map((blocks) => ({ noise, blocks, name: noise.name }))))(
    'with noise like $name, $blocks blocks',
    ({ noise, blocks }) => {
      const plan = planOf(blocks, ['latency-p99']);
      const share = shareOf(
        1000,
        (random) => {
          // What a block has in common is far larger than what its two trials differ by.
          const levels = plan.blocks.map(() => 100 * noise.draw(random));
          return findingsOf(plan, (_, __, block) => (levels[block - 1] ?? 0) + noise.draw(random)).some(isFound);
        },
        `a-a/${noise.name}/${blocks}`,
      );
      expect(share).toBeLessThanOrEqual(0.05);
    },
  );

  test('among four hypotheses together, whether their metrics go together or not', () => {
    const [skewed] = skewedDistributions;
    if (skewed === undefined) return expect.fail('no distribution');
    const plan = planOf(8, fourMetrics);
    for (const common of [0, 2]) {
      const share = shareOf(
        1000,
        (random) => {
          const shared = new Map<string, number>();
          return findingsOf(plan, (arm, _, block) => {
            const trial = `${arm}/${block}`;
            const ofTrial = shared.get(trial) ?? skewed.draw(random);
            shared.set(trial, ofTrial);
            return common * ofTrial + skewed.draw(random);
          }).some(isFound);
        },
        `family/${common}`,
      );
      expect(share).toBeLessThanOrEqual(0.05);
      // A test that never finds anything would pass as well.
      expect(share).toBeGreaterThan(0);
    }
  });

  test('also where trials fail by chance', () => {
    const plan = planOf(8, ['latency-p99']);
    const share = shareOf(
      1000,
      (random) => findingsOf(plan, () => (random.uniform() < 0.2 ? 'failed' : random.exponential(1))).some(isFound),
      'failing',
    );
    expect(share).toBeLessThanOrEqual(0.05);
  });
});

describe('a difference of the size that the budget line promises', () => {
  const metric = 'latency-p99';
  const standardDeviation = 0.03;
  const promised = 0.8;

  /** What the plan promises to find of this metric, given what an A/A experiment showed. */
  function detectable(plan: Plan): number {
    const noise = { experiment: 'aa', source: 'bpf', standardDeviation: { [metric]: standardDeviation } };
    const { detectable } = budget(plan, { overheadPerTrialMs: 0, noise, capacityCores: null });
    return detectable.find((one) => one.metric === metric)?.difference ?? expect.fail('nothing is promised');
  }

  /** How often it is found, with the right sign, where the difference of two trials has the deviation of the A/A experiment. */
  function found(plan: Plan, draw: (random: Random) => number, seed: string): number {
    const planted = detectable(plan);
    return shareOf(
      1000,
      (random) => {
        const comparisons = findingsOf(
          plan,
          (arm, of) => (arm === 'a' && of === metric ? planted : 0) + (standardDeviation / Math.SQRT2) * draw(random),
        );
        return comparisons.some((one) => one.metric === metric && one.ranking === 'higher');
      },
      seed,
    );
  }

  test.for([
    { blocks: 6, metrics: [metric] },
    { blocks: 8, metrics: [metric] },
    { blocks: 8, metrics: fourMetrics },
    { blocks: 12, metrics: fourMetrics },
  ] as const)(
    'is found as often as promised, within 5 points: $blocks blocks, $metrics.length metrics',
    ({ blocks, metrics }) => {
      const share = found(planOf(blocks, metrics), standardNormal, `planted/${blocks}/${metrics.length}`);
      expect(Math.abs(share - promised)).toBeLessThanOrEqual(0.05);
    },
  );

  test('is found no less often where noise has a long tail', () => {
    // Of deviation 1.
    const exponential = (random: Random): number => random.exponential(1);
    expect(found(planOf(8, [metric]), exponential, 'planted/skewed')).toBeGreaterThanOrEqual(promised - 0.05);
  });

  test('is not found as often if it is half as large', () => {
    const half = (random: Random): number => 2 * standardNormal(random);
    expect(found(planOf(8, [metric]), half, 'planted/half')).toBeLessThan(promised - 0.05);
  });
});
