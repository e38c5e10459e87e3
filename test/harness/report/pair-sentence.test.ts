import { describe, expect, test } from 'vitest';
import type { Comparison, Summary } from '../../../harness/analysis/summary.ts';
import { answersOf, answerSentence } from '../../../harness/report/answers.ts';
import { type SentenceContext, sentenceText } from '../../../harness/report/sentence.ts';
import { applicationInput, policyExample } from './application-input.ts';

const input = applicationInput({ ...policyExample, blocks: 2 });

const cost: Comparison = {
  ...{ arm: 'showar', against: 'hpa', metric: 'core-seconds', load: 'steps', failedBlocks: 0, blocksMissing: 0 },
  differences: [1, 2, 3, 4, 5, 6, 7, 8].map((block) => ({ block, difference: -18 })),
  levels: { arm: 82, against: 100 },
  ...{ medianDifference: -18, relativeDifference: -0.18, interval: { low: -24, high: -12, level: 0.9921875 } },
  ...{ p: 0.0078, pHolm: 0.0156, hodgesLehmann: -18, rankBiserial: -1, ranking: 'lower' },
  ...{ margin: null, equivalence: null },
};
const violations: Comparison = {
  ...{ ...cost, metric: 'violation-share', medianDifference: 0.001, relativeDifference: 0.1 },
  ...{ levels: { arm: 0.011, against: 0.01 }, interval: { low: -0.003, high: 0.005, level: 0.9921875 } },
  ...{ ranking: 'not-shown', margin: 0.01, equivalence: 'equal' },
};

function contextOf(
  comparisons: readonly Comparison[],
  changes: Partial<Summary> = {},
  timeCompression = 1,
): SentenceContext {
  return {
    summary: { ...input.summary, noise: [], ...changes, comparisons },
    plan: { ...input.plan, timeCompression },
    cores: 2,
  };
}

const answer = (...context: Parameters<typeof contextOf>): string =>
  sentenceText(answerSentence(contextOf(...context)));

const tail = '; 8 blocks, interval level 99.2 %; testbed local.';

describe('cost and violations of a pair in one sentence', () => {
  test('say what was saved, that violations are equal where that was shown, and what limits the numbers', () => {
    const arms = input.summary.arms.map((arm) => ({ ...arm, invalid: arm.name === 'hpa' ? 1 : 0 }));
    expect(answer([cost, violations], { arms }, 30)).toBe(
      '“showar” used 18.0 % [12.0, 24.0] fewer core-seconds than “hpa” at equal SLO violations (within 1.00 percentage points: +0.100 percentage points [−0.300, 0.500]); 8 blocks, interval level 99.2 %, 1 trial invalid and repeated; testbed local; time compression 30.',
    );
  });

  test('show what two equal arms differ by beside every difference, in its unit', () => {
    const floor = { blocks: 8, experiment: 'aa' };
    const noise = [
      { ...floor, metric: 'core-seconds', low: -3, high: 4 },
      { ...floor, metric: 'violation-share', low: -0.002, high: 'infinity' },
    ] as const;
    expect(answer([cost, violations], { noise })).toBe(
      `“showar” used 18.0 % [12.0, 24.0] fewer core-seconds than “hpa” (two equal arms differ by [−3.00, 4.00] % here) at equal SLO violations (within 1.00 percentage points: +0.100 percentage points [−0.300, 0.500]; two equal arms differ by [−0.200, unbounded] percentage points here)${tail}`,
    );
  });

  test('never call equal what was only not shown to differ', () => {
    expect(answer([cost, { ...violations, equivalence: 'not-shown' }])).toBe(
      `“showar” used 18.0 % [12.0, 24.0] fewer core-seconds than “hpa”; a difference in SLO violations was not shown, nor equality within 1.00 percentage points (+0.100 percentage points [−0.300, 0.500])${tail}`,
    );
    expect(answer([cost, { ...violations, margin: null, equivalence: null }])).toBe(
      `“showar” used 18.0 % [12.0, 24.0] fewer core-seconds than “hpa”; a difference in SLO violations was not shown (+0.100 percentage points [−0.300, 0.500])${tail}`,
    );
  });

  test('say what the saving was paid with', () => {
    const paid: Comparison = {
      ...{ ...violations, ranking: 'higher', equivalence: 'not-shown', medianDifference: 0.021 },
      interval: { low: 0.01, high: 0.03, level: 0.9921875 },
    };
    expect(answer([cost, paid])).toBe(
      `“showar” used 18.0 % [12.0, 24.0] fewer core-seconds than “hpa”, with SLO violations 2.10 percentage points [1.00, 3.00] higher${tail}`,
    );
  });

  test('say that more was used, and that it lies within the margin all the same', () => {
    const more: Comparison = {
      ...{ ...cost, ranking: 'higher', medianDifference: 2, relativeDifference: 0.02, margin: 5, equivalence: 'equal' },
      interval: { low: 1, high: 3, level: 0.9921875 },
    };
    expect(answer([more, violations])).toBe(
      `“showar” used 2.00 % [1.00, 3.00] more core-seconds than “hpa” (equal within 5.00 %) at equal SLO violations (within 1.00 percentage points: +0.100 percentage points [−0.300, 0.500])${tail}`,
    );
  });

  test('of costs that do not differ say whether they are equal', () => {
    const same: Comparison = {
      ...{ ...cost, ranking: 'not-shown', medianDifference: -1, relativeDifference: -0.01, margin: 5 },
      interval: { low: -2, high: 1, level: 0.9921875 },
    };
    expect(answer([{ ...same, equivalence: 'equal' }, violations])).toMatch(
      /^“showar” and “hpa” are equal in core-seconds within 5\.00 % \(−1\.00 % \[−2\.00, 1\.00\]\) at equal SLO violations /,
    );
    expect(answer([{ ...same, equivalence: 'not-shown' }, violations])).toMatch(
      /^No difference in core-seconds was shown between “showar” and “hpa”, nor equality within 5\.00 % \(−1\.00 % \[−2\.00, 1\.00\]\) at equal /,
    );
  });

  test('with too few blocks are numbers without a ranking', () => {
    const few = { ranking: 'too-few-blocks', blocksMissing: 3, interval: null, equivalence: null } as const;
    const five = { ...few, differences: cost.differences.slice(0, 5) };
    expect(
      answer([
        { ...cost, ...five },
        { ...violations, ...five },
      ]),
    ).toBe(
      'Too few blocks to rank: 5 of the 8 needed are complete, 3 are missing. So far the difference in core-seconds between “showar” and “hpa” is −18.0 %, that in SLO violations +0.100 percentage points; 5 blocks, no interval below 6; testbed local.',
    );
  });

  test('with failed trials have unbounded ends, and say why', () => {
    const interval = { low: -24, high: 'infinity', level: 0.9921875 } as const;
    expect(answer([{ ...cost, interval, failedBlocks: 1, ranking: 'not-shown' }, violations])).toMatch(
      /\(−18\.0 % \[−24\.0, unbounded\]\) .*; 8 blocks, interval level 99\.2 %, a failed trial in 1 block counts as worse than any number; testbed local\.$/,
    );
  });

  test('without a hypothesis about violations the medians stand there, and that they were not compared', () => {
    const levels = input.summary.arms.map(({ metrics }) => metrics['violation-share']?.median);
    expect(levels.every((level) => level !== undefined)).toBe(true);
    expect(answer([cost])).toMatch(
      /^“showar” used 18\.0 % \[12\.0, 24\.0\] fewer core-seconds than “hpa”; SLO violations, of which there is no hypothesis: a median of (?:0|[\d.]+) % against (?:0|[\d.]+) %; 8 blocks, /,
    );
  });

  test('of a cost in other units have other words', () => {
    const starts = (
      ['cost', 'cpu-cores', 'core-seconds-used', 'core-seconds-requested', 'gigabyte-seconds'] as const
    ).map((metric) => answer([{ ...cost, metric }, violations]).split(' than')[0]);
    expect(starts).toEqual([
      '“showar” cost 18.0 % [12.0, 24.0] less',
      '“showar” used 18.0 % [12.0, 24.0] less CPU',
      '“showar” spent 18.0 % [12.0, 24.0] less CPU time',
      '“showar” requested 18.0 % [12.0, 24.0] fewer core-seconds',
      '“showar” used 18.0 % [12.0, 24.0] fewer GB-seconds',
    ]);
  });

  test('have no percentage where there is no level to divide by, or it is many times as large', () => {
    const level = { ...cost, levels: { arm: 82, against: 0 }, relativeDifference: null };
    expect(answer([level, violations])).toMatch(/^“showar” used 18\.0 core-s \[12\.0, 24\.0\] fewer core-seconds than/);
    expect(answer([{ ...cost, relativeDifference: -12 }, violations])).toMatch(/^“showar” used 18\.0 core-s /);
  });
});

describe('which answers there are', () => {
  const labels = (comparisons: readonly Comparison[]): readonly string[] =>
    answersOf(contextOf(comparisons)).map(({ label, sentence }) => `${label}: ${sentenceText(sentence).slice(0, 24)}`);

  test('one for each pair and load, and one for each comparison that is neither of cost nor of violations', () => {
    const p99 = { ...cost, metric: 'latency-p99', medianDifference: -0.018 } as const;
    const other = { ...cost, against: 'static' };
    expect(labels([violations, p99, cost, other])).toEqual([
      'showar − hpa: “showar” used 18.0 % [12',
      'showar − hpa: With “showar” the p99 la',
      'showar − static: “showar” used 18.0 % [12',
    ]);
  });

  test('two where a number is missing: each speaks for itself', () => {
    const failed = { ...violations, medianDifference: 'infinity', ranking: 'higher', failedBlocks: 8 } as const;
    expect(labels([cost, failed])).toEqual([
      'showar − hpa: With “showar” the core-s',
      'showar − hpa: With “showar” instead of',
    ]);
  });

  test('of two arms alike there is nothing to join', () => {
    const experiment = { ...input.summary.experiment, aa: true };
    expect(answer([cost, violations], { experiment })).toMatch(
      /^Two arms with the same treatment came out different: /,
    );
  });
});
