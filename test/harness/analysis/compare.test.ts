import { describe, expect, test } from 'vitest';
import { compareArms, type BlockOutcomes } from '../../../harness/analysis/compare.ts';
import type { Comparison } from '../../../harness/analysis/summary.ts';
import type { Margin } from '../../../harness/plan/plan.ts';
import { armOf, examplePlan, loadOf, metricsOf } from '../../rig/recorded.ts';

/** A value in milliseconds, a failed trial, or a valid one without the number. */
type Outcome = number | 'failed' | null;

const metric = 'canary-wait-mean';
const outcomeOf = (value: Outcome): ReturnType<typeof metricsOf> | 'failed' =>
  value === 'failed' ? value : metricsOf(value === null ? {} : { [metric]: value });

/** Blocks numbered from 1 in which the arms went so. */
function blocksOf(
  arms: Readonly<Record<string, readonly Outcome[]>>,
  load: string | null = null,
  first = 1,
): readonly BlockOutcomes[] {
  const count = Math.max(...Object.values(arms).map((values) => values.length));
  return Array.from({ length: count }, (_, index) => ({
    block: first + index,
    load,
    outcomes: new Map(Object.entries(arms).map(([arm, values]) => [arm, outcomeOf(values[index] ?? null)])),
  }));
}

const zeros = (count: number): readonly number[] => new Array<number>(count).fill(0);
function compareOne(busy: readonly Outcome[], idle: readonly Outcome[] = zeros(busy.length)): Comparison {
  const [comparison] = compareArms(examplePlan(), blocksOf({ busy, idle }));
  return comparison ?? expect.fail('nothing was compared');
}

/** Differences of an experiment computed by hand below. */
const eight = [1, 2, -0.5, 3, 4, 1.5, 2.5, 0.25];

test('eight blocks computed by hand', () => {
  const idle = [2, 4, 2, 4, 2, 4, 2, 8];
  const busy = idle.map((value, index) => value + (eight[index] ?? NaN));
  // Sorted: -0.5 0.25 1 1.5 | 2 2.5 3 4. Ranks by size: 0.25 is 1, 0.5 is 2, ..., 4 is 8: 34 positive, 2 negative. As far out
  // are the assignments with at most 2 on one side: {}, {1}, {2}, and the same the other way round: 6 of 256.
  expect(compareOne(busy, idle)).toEqual({
    ...{ arm: 'busy', against: 'idle', metric, load: null },
    differences: eight.map((difference, index) => ({ block: index + 1, difference })),
    failedBlocks: 0,
    // Sorted: 1.5 3 4.5 5.5 | 6 6 7 8.25, and 2 2 2 2 | 4 4 4 8: their difference is not the median difference.
    levels: { arm: 5.75, against: 3 },
    medianDifference: 1.75,
    // The median of 2 4 2 4 2 4 2 8 is 3.
    relativeDifference: 1.75 / 3,
    // From the smallest to the largest: 1 - 2/256; one further in would be 92.97 %.
    interval: { low: -0.5, high: 4, level: 0.9921875 },
    p: 6 / 256,
    pHolm: 6 / 256,
    hodgesLehmann: 1.75,
    rankBiserial: 32 / 36,
    ranking: 'higher',
    blocksMissing: 0,
    margin: null,
    equivalence: null,
  });
});

test('exchanging the two arms turns every sign and nothing else', () => {
  const there = compareOne(eight);
  const back = compareOne(zeros(8), eight);
  expect(back).toMatchObject({
    medianDifference: -1.75,
    interval: { low: -4, high: 0.5, level: 0.9921875 },
    p: there.p,
    hodgesLehmann: -1.75,
    rankBiserial: -32 / 36,
    ranking: 'lower',
  });
});

test('a difference that chance makes often is not shown, which is not the same as none', () => {
  expect(compareOne([1, -2, 3, -4, 5, -6, 7, 8])).toMatchObject({
    ranking: 'not-shown',
    p: expect.any(Number) as number,
  });
  expect(compareOne(zeros(8))).toMatchObject({ ranking: 'not-shown', p: 1, medianDifference: 0, rankBiserial: 0 });
});

describe('a failed trial is worse than any number', () => {
  test('of the arm: the difference is infinite, ranks highest, and the interval has no upper end', () => {
    const busy = eight.map((value) => (value === 4 ? 'failed' : value));
    expect(compareOne(busy)).toMatchObject({
      differences: expect.arrayContaining([{ block: 5, difference: 'infinity' }]) as unknown,
      failedBlocks: 1,
      medianDifference: 1.75,
      interval: { low: -0.5, high: 'infinity', level: 0.9921875 },
      p: 6 / 256,
      hodgesLehmann: 1.75,
      rankBiserial: 32 / 36,
      ranking: 'higher',
    });
  });

  test('of the arm compared against: the same on the other side', () => {
    const idle = [...zeros(4), 'failed' as const, ...zeros(3)];
    // -Infinity takes rank 8, and 0.5 is negative too: 26 - 10.
    expect(compareOne(eight, idle)).toMatchObject({
      differences: expect.arrayContaining([{ block: 5, difference: '-infinity' }]) as unknown,
      failedBlocks: 1,
      medianDifference: 1.25,
      interval: { low: '-infinity', high: 3, level: 0.9921875 },
      rankBiserial: 16 / 36,
      ranking: 'not-shown',
    });
  });

  test('of both: neither is better, so the difference is 0', () => {
    const failed = ['failed', 'failed'] as const;
    expect(compareOne([...failed, 1, 2, 3, 4, 5, 6], [...failed, ...zeros(6)])).toMatchObject({
      failedBlocks: 2,
      medianDifference: 2.5,
      interval: { low: 0, high: 6 },
      // Two zeros take ranks 1 and 2 and add nothing: 33 of 36, and with 6 signs left 2 of 64.
      p: 2 / 64,
      rankBiserial: 33 / 36,
      ranking: 'higher',
    });
  });

  test('in a level too: the middle of two values one of which failed is infinite', () => {
    expect(compareOne(['failed', 'failed', 3, 4], [1, 2, 3, 5])).toMatchObject({
      levels: { arm: 'infinity', against: 2.5 },
    });
    expect(compareOne(['failed', 2, 3, 4, 5])).toMatchObject({ levels: { arm: 4, against: 0 } });
  });

  test('in most blocks: the middle itself is infinite, and no number stands beside it', () => {
    expect(compareOne(['failed', 'failed', 'failed', 'failed', 'failed', 1, 2, 3])).toMatchObject({
      medianDifference: 'infinity',
      relativeDifference: null,
      hodgesLehmann: null,
      interval: { low: 1, high: 'infinity' },
      p: 2 / 256,
      ranking: 'higher',
    });
  });

  test('in half of the blocks each: there is no middle', () => {
    const failed = new Array<'failed'>(4).fill('failed');
    expect(compareOne([...failed, ...zeros(4)], [...zeros(4), ...failed])).toMatchObject({
      medianDifference: null,
      interval: { low: '-infinity', high: 'infinity' },
      p: 1,
      ranking: 'not-shown',
    });
  });

  test('also than a valid trial without the number, whatever that would have been', () => {
    expect(compareOne(['failed', null], [null, 'failed']).differences).toEqual([
      { block: 1, difference: 'infinity' },
      { block: 2, difference: '-infinity' },
    ]);
  });
});

test('two valid trials one of which has no number make no pair, and the blocks missing count it', () => {
  expect(compareOne([1, null, 2, 3, 4, 5, 6], [0, 0, null, 0, 0, 0, 0])).toMatchObject({
    differences: [1, 4, 5, 6, 7].map((block) => ({ block, difference: block - 1 || 1 })),
    failedBlocks: 0,
    interval: null,
    ranking: 'too-few-blocks',
    blocksMissing: 1,
  });
});

test('too few blocks give numbers and no ranking, however clear they look', () => {
  expect(compareOne([2, 3, 4, 5, 6], [1, 1, 1, 1, 1])).toMatchObject({
    medianDifference: 3,
    relativeDifference: 3,
    interval: null,
    p: 2 / 32,
    pHolm: 2 / 32,
    ranking: 'too-few-blocks',
    blocksMissing: 1,
  });
});

test('no block at all gives nothing but the question', () => {
  const [comparison] = compareArms(examplePlan(), []);
  expect(comparison).toEqual({
    ...{ arm: 'busy', against: 'idle', metric, load: null },
    ...{
      differences: [],
      failedBlocks: 0,
      levels: { arm: null, against: null },
      medianDifference: null,
      relativeDifference: null,
      interval: null,
    },
    ...{ p: null, pHolm: null, hodgesLehmann: null, rankBiserial: null, ranking: 'too-few-blocks', blocksMissing: 6 },
    ...{ margin: null, equivalence: null },
  });
});

test('relative to nothing there is no relative difference', () => {
  expect(compareOne(eight).relativeDifference).toBeNull();
  expect(compareOne([1, 2], ['failed', 'failed']).relativeDifference).toBeNull();
});

describe('several hypotheses', () => {
  const arms = ['idle', 'busy', 'busier'].map((name) => armOf(name, null));
  const plan = examplePlan({
    arms,
    hypotheses: [
      { arm: 'busy', against: 'idle', metric, margin: null },
      { arm: 'busier', against: 'idle', metric, margin: null },
    ],
  });

  test('are corrected together, and need a block more', () => {
    const blocks = blocksOf({ idle: zeros(8), busy: eight, busier: [1, 2, 3, 4, 5, 6, 7, 8] });
    expect(compareArms(plan, blocks)).toMatchObject([
      { arm: 'busy', p: 6 / 256, pHolm: 6 / 256, ranking: 'higher', blocksMissing: 0 },
      { arm: 'busier', p: 2 / 256, pHolm: 4 / 256, ranking: 'higher', blocksMissing: 0 },
    ]);
    expect(compareArms(plan, blocks.slice(0, 6)).map(({ blocksMissing }) => blocksMissing)).toEqual([1, 1]);
  });

  test('count as named before the run, also when one of them has no data', () => {
    const blocks = blocksOf({ idle: zeros(8), busy: eight, busier: new Array<null>(8).fill(null) });
    expect(compareArms(plan, blocks)).toMatchObject([
      { p: 6 / 256, pHolm: 12 / 256, ranking: 'higher' },
      { p: null, pHolm: null, ranking: 'too-few-blocks', blocksMissing: 7, differences: [] },
    ]);
  });

  test('a finding that alone would be shown may not be beside others', () => {
    const blocks = blocksOf({ idle: zeros(8), busy: eight });
    const alone = compareArms({ ...plan, hypotheses: plan.hypotheses.slice(0, 1) }, blocks);
    expect(alone[0]).toMatchObject({ p: 6 / 256, ranking: 'higher' });
    const three = [...plan.hypotheses, { arm: 'busy', against: 'busier', metric, margin: null } as const];
    const beside = compareArms({ ...plan, hypotheses: three }, blocks);
    expect(beside[0]).toMatchObject({ p: 6 / 256, pHolm: 18 / 256, ranking: 'not-shown' });
  });
});

describe('equality within a margin that was named before', () => {
  const tiny = [0.1, -0.1, 0.2, -0.2, 0.1, -0.1, 0.2, 0.1];
  const compareWithin = (margin: Margin | null, busy: readonly Outcome[], idle: readonly Outcome[]): Comparison => {
    const [hypothesis] = examplePlan().hypotheses;
    if (hypothesis === undefined) return expect.fail('no hypothesis');
    const plan = examplePlan({ hypotheses: [{ ...hypothesis, margin }] });
    return compareArms(plan, blocksOf({ busy, idle }))[0] ?? expect.fail('nothing was compared');
  };
  const around = (level: number, differences: readonly number[]): readonly number[] =>
    differences.map((difference) => level + difference);
  const fours = new Array<number>(8).fill(4);

  test('is shown by an interval that lies inside, the ends of the margin included', () => {
    expect(compareWithin({ kind: 'value', value: 0.2 }, tiny, zeros(8))).toMatchObject({
      ...{ interval: { low: -0.2, high: 0.2 }, margin: 0.2, equivalence: 'equal', ranking: 'not-shown' },
    });
    expect(compareWithin({ kind: 'value', value: 0.19 }, tiny, zeros(8))).toMatchObject({
      ...{ margin: 0.19, equivalence: 'not-shown' },
    });
  });

  test('may be a share of the level of the arm compared against', () => {
    // Differences of 0.2, around 4.
    expect(compareWithin({ kind: 'share', share: 0.0625 }, around(4, tiny), fours)).toMatchObject({
      ...{ margin: 0.25, equivalence: 'equal' },
    });
    expect(compareWithin({ kind: 'share', share: 0.04 }, around(4, tiny), fours)).toMatchObject({
      ...{ margin: 0.16, equivalence: 'not-shown' },
    });
  });

  test('may go with a difference that was shown: it is there, and too small to matter', () => {
    const clear = [0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.08];
    expect(compareWithin({ kind: 'value', value: 0.1 }, clear, zeros(8))).toMatchObject({
      ...{ ranking: 'higher', equivalence: 'equal' },
    });
  });

  test('is never claimed without a margin, without a level to take it of, or of a failed trial', () => {
    expect(compareWithin(null, zeros(8), zeros(8))).toMatchObject({ margin: null, equivalence: null });
    const failed = new Array<'failed'>(8).fill('failed');
    expect(compareWithin({ kind: 'share', share: 0.5 }, fours, failed)).toMatchObject({
      ...{ margin: null, equivalence: 'not-shown' },
    });
    expect(compareWithin({ kind: 'value', value: 1e6 }, ['failed', ...tiny.slice(1)], zeros(8))).toMatchObject({
      ...{ interval: { high: 'infinity' }, margin: 1e6, equivalence: 'not-shown' },
    });
  });

  test('needs as many blocks as a ranking', () => {
    const [hypothesis] = examplePlan().hypotheses;
    if (hypothesis === undefined) return expect.fail('no hypothesis');
    const asked = { ...hypothesis, margin: { kind: 'value', value: 1 } } as const;
    // m is 2, so 7 blocks are needed; the interval is there from 6 on.
    const plan = examplePlan({ hypotheses: [asked, { ...asked, metric: 'canary-wait-p95' }] });
    const equivalenceOf = (count: number): Comparison['equivalence'] | undefined =>
      compareArms(plan, blocksOf({ busy: zeros(count), idle: zeros(count) }))[0]?.equivalence;
    expect([5, 6, 7].map(equivalenceOf)).toEqual(['not-shown', 'not-shown', 'equal']);
  });
});

test.for([1, 2, 5])('%i blocks give numbers and no ranking, and the number of those missing', (count) => {
  const clear = Array.from({ length: count }, (_, index) => 10 + index);
  const comparison = compareOne(clear);

  expect(comparison).toMatchObject({ ranking: 'too-few-blocks', blocksMissing: 6 - count, interval: null });
  expect(comparison.differences).toHaveLength(count);
  expect(comparison.medianDifference).toBeGreaterThan(0);
  expect(comparison.p).toBe(2 ** (1 - count));
});

test('every hypothesis is judged under every load, over the blocks of that load alone', () => {
  const plan = examplePlan({
    loads: [loadOf('low', 50), loadOf('high', 100)],
  });
  const low = blocksOf({ idle: zeros(8), busy: [1, 2, 3, 4, 5, 6, 7, 8] }, 'low', 1);
  const high = blocksOf({ idle: zeros(6), busy: [-1, -2, -3, -4, -5, -6] }, 'high', 9);
  expect(compareArms(plan, [...high, ...low])).toMatchObject([
    {
      load: 'low',
      levels: { arm: 4.5, against: 0 },
      medianDifference: 4.5,
      p: 2 / 256,
      pHolm: 4 / 256,
      ranking: 'higher',
      blocksMissing: 0,
    },
    // m is 2, so 7 blocks are needed.
    {
      load: 'high',
      levels: { arm: -3.5, against: 0 },
      medianDifference: -3.5,
      p: 2 / 64,
      pHolm: 2 / 64,
      ranking: 'too-few-blocks',
      blocksMissing: 1,
    },
  ]);
});
