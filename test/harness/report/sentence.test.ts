import { describe, expect, test } from 'vitest';
import type { Comparison } from '../../../harness/analysis/summary.ts';
import { answerSentence } from '../../../harness/report/answers.ts';
import { comparisonSentence, type SentenceContext, sentenceText } from '../../../harness/report/sentence.ts';
import { type ExampleOptions, exampleInput } from './example.ts';

function contextOf(options: ExampleOptions = {}): SentenceContext {
  const { summary, plan } = exampleInput(options);
  return { summary, plan, cores: 2 };
}

const answer = (options: ExampleOptions = {}): string => sentenceText(answerSentence(contextOf(options)));

/** The sentence about `arm`, with the comparison changed. */
function about(arm: string, change: Partial<Comparison>, options: ExampleOptions = {}): string {
  const context = contextOf(options);
  const found = context.summary.comparisons.find((comparison) => comparison.arm === arm);
  if (found === undefined) throw new Error(`There is no comparison of ${arm}.`);
  return sentenceText(comparisonSentence({ ...found, ...change }, context));
}

describe('the answer', () => {
  test('says by how much the fewest busy threads changed the metric, with interval, blocks, level and both medians', () => {
    expect(answer()).toBe(
      'One busy thread raised the canary’s p95 run-queue wait by 39.2 µs [26.9, 59.1] (median of 8 blocks, exact interval at 99.2 %), from a median of 20.8 µs to 58.1 µs.',
    );
  });

  test('is about the arm with the fewest threads, wherever it stands among the hypotheses', () => {
    const context = contextOf();
    const comparisons = [...context.summary.comparisons].reverse();
    const turned = { ...context, summary: { ...context.summary, comparisons } };
    expect(sentenceText(answerSentence(turned))).toBe(answer());
  });

  test('marks as strong the number, or that there is none to believe', () => {
    const strongOf = (options: ExampleOptions): string[] =>
      answerSentence(contextOf(options)).flatMap((piece) => (piece.strong ? [piece.text] : []));
    expect(strongOf({})).toEqual(['39.2 µs [26.9, 59.1]']);
    expect(strongOf({ blocks: 5 })).toEqual(['Too few blocks to rank']);
    expect(strongOf({ blocks: 0 })).toEqual([]);
  });

  test('says what is missing before anything ran', () => {
    expect(answer({ blocks: 0 })).toBe(
      'No block is complete, so there is no answer yet: 7 complete blocks are needed to tell the effect of one busy thread on the canary’s p95 run-queue wait.',
    );
  });

  test('ranks nothing with too few blocks, and counts the missing ones', () => {
    expect(answer({ blocks: 5 })).toBe(
      'Too few blocks to rank: 5 of the 7 needed are complete, 2 are missing. So far with one busy thread the canary’s p95 run-queue wait differs by +38.3 µs (median of 5 blocks, no interval below 6), from a median of 19.0 µs to 57.1 µs.',
    );
    expect(answer({ blocks: 1 })).toContain('1 of the 7 needed is complete, 6 are missing.');
    expect(answer({ blocks: 6 })).toContain('6 of the 7 needed are complete, 1 is missing.');
    expect(answer({ blocks: 6 })).toContain('(median of 6 blocks, exact interval at 96.9 %)');
  });

  test('names schedstat as its source, and that it has no histogram', () => {
    expect(answer({ source: 'schedstat' })).toBe(
      'One busy thread raised the canary’s mean run-queue wait by 8.85 µs [4.53, 14.4] (median of 8 blocks, exact interval at 99.2 %), from a median of 9.08 µs to 16.9 µs. Source: schedstat, which gives sums and no histogram.',
    );
  });

  test('says when it comes from the simulator', () => {
    expect(answer({ source: 'sim' })).toMatch(/ to 58\.1 µs\. Simulated in virtual time\.$/);
  });

  test('says that two arms alike did not differ', () => {
    expect(answer({ aa: true })).toBe(
      'A/A: two arms with the same treatment showed no difference, as it should be: in “idle-b” the canary’s p95 run-queue wait differs from that in “idle-a” by +377 ns [−6.02 µs, 7.10 µs] (median of 8 blocks, exact interval at 99.2 %, Holm p = 0.5547), from a median of 20.8 µs to 19.4 µs.',
    );
  });

  test('compares nothing without a hypothesis', () => {
    const context = contextOf();
    const without = { ...context, summary: { ...context.summary, comparisons: [] } };
    expect(sentenceText(answerSentence(without))).toBe(
      'The profile names no hypothesis, so nothing is compared; each arm is described by itself.',
    );
  });
});

describe('a comparison', () => {
  test('counts threads per core on this machine', () => {
    expect(about('stress-2x', {})).toBe(
      'Two busy threads per core (4 threads) raised the canary’s p95 run-queue wait by 6.11 ms [5.48, 6.79] (median of 8 blocks, exact interval at 99.2 %), from a median of 20.8 µs to 6.13 ms.',
    );
  });

  test('that went down says lowered, with the interval turned round', () => {
    const interval = { low: -12e-6, high: -2e-6, level: 0.9921875 };
    expect(about('stress-1', { ranking: 'lower', medianDifference: -5e-6, interval })).toMatch(
      /^One busy thread lowered the canary’s p95 run-queue wait by 5\.00 µs \[2\.00, 12\.0\] \(/,
    );
  });

  test('that showed no difference gives it all the same, with the corrected p', () => {
    const interval = { low: -4e-6, high: 9e-6, level: 0.9921875 };
    expect(about('stress-1', { ranking: 'not-shown', medianDifference: 3e-6, interval, pHolm: 0.3125 })).toBe(
      'No difference was shown: with one busy thread the canary’s p95 run-queue wait differs by +3.00 µs [−4.00, 9.00] (median of 8 blocks, exact interval at 99.2 %, Holm p = 0.3125), from a median of 20.8 µs to 58.1 µs.',
    );
  });

  test('with a failed trial has an unbounded end and says why', () => {
    expect(about('stress-2x', {}, { failedBlocks: [2] })).toBe(
      'Two busy threads per core (4 threads) raised the canary’s p95 run-queue wait by 6.20 ms [5.48, unbounded] (median of 8 blocks, exact interval at 99.2 %; a failed trial in 1 block counts as worse than any number), from a median of 20.8 µs to 6.22 ms.',
    );
  });

  test('gives the levels of its own blocks, whatever the arms did under other loads', () => {
    const levels = { against: 30e-6, arm: 45e-6 };
    expect(about('stress-1', { load: 'steady', levels })).toMatch(
      /^One busy thread raised the canary’s p95 run-queue wait under load “steady” by .*, from a median of 30\.0 µs to 45\.0 µs\.$/,
    );
  });

  test('whose arm failed in half of the few blocks has no number for its level', () => {
    expect(about('stress-2x', { medianDifference: 'infinity' }, { blocks: 2, failedBlocks: [1] })).toMatch(
      /^Too few blocks to rank: .*, from a median of 19\.7 µs to more than any number\.$/,
    );
  });

  test('whose arm failed in most blocks is worse than any number', () => {
    expect(about('stress-2x', {}, { failedBlocks: [1, 2, 3, 4, 5] })).toBe(
      'With two busy threads per core (4 threads) the canary’s p95 run-queue wait is worse than any number: “stress-2x” failed in 5 of 8 blocks (interval of the difference [6.04 ms, unbounded], exact at 99.2 %).',
    );
  });

  test('against an arm that failed in most blocks is better than with that', () => {
    const differences = [1, 2, 3, 4, 5, 6, 7, 8].map((block) => ({ block, difference: '-infinity' as const }));
    const interval = { low: '-infinity', high: '-infinity', level: 0.9921875 } as const;
    expect(about('stress-1', { ranking: 'lower', medianDifference: '-infinity', interval, differences })).toBe(
      'With one busy thread the canary’s p95 run-queue wait is better than with “idle”, which failed in 8 of 8 blocks (interval of the difference [unbounded, below any number], exact at 99.2 %).',
    );
  });

  test('whose ranks contradict its median says so', () => {
    expect(about('stress-1', { ranking: 'higher', medianDifference: -1e-6, interval: null })).toBe(
      'With one busy thread the canary’s p95 run-queue wait ranks higher, yet its median differs by −1.00 µs (median of 8 blocks, no interval below 6, Holm p = 0.0234): few large differences outweigh many small ones.',
    );
  });

  test('of two arms alike that came out different warns of the testbed', () => {
    expect(about('idle-b', { ranking: 'higher', pHolm: 0.0078 }, { aa: true })).toMatch(
      /^Two arms with the same treatment came out different: .* This testbed shows differences of that size by accident\.$/,
    );
  });

  test('of two disturbed arms names both, and the load', () => {
    expect(about('stress-2x', { against: 'stress-1', load: 'steady' })).toMatch(
      /^“stress-2x”, compared with “stress-1”, raised the canary’s p95 run-queue wait under load “steady” by 6\.11 ms/,
    );
  });

  test('over all tasks and as a total has words and a unit of its own', () => {
    const levels = { against: 0.0397, arm: 1.3 };
    expect(about('stress-1', { metric: 'all-wait-total', medianDifference: 1.25, interval: null, levels })).toBe(
      'One busy thread raised the total run-queue wait per second of all tasks by 1.25 s/s (median of 8 blocks, no interval below 6), from a median of 39.7 ms/s to 1.30 s/s.',
    );
  });

  test('by a quantile that schedstat cannot give has no answer', () => {
    expect(
      about(
        'stress-1',
        { metric: 'canary-wait-p95', differences: [], medianDifference: null },
        { source: 'schedstat' },
      ),
    ).toBe(
      'No answer: schedstat has no histogram, hence no quantiles, so the effect of one busy thread on the canary’s p95 run-queue wait was not measured.',
    );
  });

  test('of a latency says how much lower it is with the one than with the other', () => {
    const interval = { low: -14.2e-3, high: -10.1e-3, level: 0.96875 };
    const levels = { arm: 18.2e-3, against: 30.5e-3 };
    const change = { ranking: 'lower', metric: 'latency-p95', medianDifference: -12.3e-3, interval, levels } as const;
    expect(about('stress-2x', { ...change, against: 'stress-1' })).toBe(
      'With “stress-2x” the p95 latency is 12.3 ms lower [10.1, 14.2] than with “stress-1” (median of 8 blocks, exact interval at 96.9 %): a median of 18.2 ms against 30.5 ms.',
    );
  });

  test('of a share of violations counts in percentage points, and of CPU in cores', () => {
    const change = { against: 'stress-1', interval: null } as const;
    expect(
      about('stress-2x', {
        ...change,
        ...{ metric: 'violation-share', medianDifference: 0.032, levels: { arm: 0.05, against: 0.018 } },
      }),
    ).toBe(
      'With “stress-2x” the share of violations is 3.20 percentage points higher than with “stress-1” (median of 8 blocks, no interval below 6): a median of 5.00 % against 1.80 %.',
    );
    expect(
      about('stress-2x', {
        ...change,
        ...{ metric: 'cpu-cores', ranking: 'not-shown', medianDifference: -0.02, levels: { arm: 0.5, against: 0.52 } },
      }),
    ).toBe(
      'No difference was shown: with “stress-2x” instead of “stress-1” the CPU that the application used differs by −0.0200 cores (median of 8 blocks, no interval below 6, Holm p = 0.0234), from a median of 0.520 cores to 0.500 cores.',
    );
  });

  test('of an application’s run-queue wait keeps the words of the other waits', () => {
    const levels = { arm: 2e-3, against: 1e-3 };
    expect(about('stress-2x', { against: 'stress-1', metric: 'application-wait-p95', interval: null, levels })).toMatch(
      /^“stress-2x”, compared with “stress-1”, raised the application’s p95 run-queue wait by .* to 2\.00 ms\.$/,
    );
  });

  test('of a latency that nobody got says so, and calls no trial failed that was not', () => {
    const differences = [1, 2, 3, 4, 5, 6, 7, 8].map((block) => ({
      block,
      difference: block < 6 ? ('infinity' as const) : 0.01,
    }));
    const interval = { low: 0.01, high: 'infinity', level: 0.9921875 } as const;
    const change = { against: 'stress-1', metric: 'latency-p95', medianDifference: 'infinity', differences } as const;
    expect(about('stress-2x', { ...change, interval, failedBlocks: 0 })).toBe(
      'With “stress-2x” instead of “stress-1” the p95 latency is worse than any number: “stress-2x” answered no request with success in 5 of 8 blocks (interval of the difference [10.0 ms, unbounded], exact at 99.2 %).',
    );
    expect(about('stress-2x', { ...change, interval, failedBlocks: 2 })).toContain(
      '“stress-2x” failed, or answered no request with success, in 5 of 8 blocks',
    );
    const few = differences.map(({ block }) => ({ block, difference: block < 2 ? ('infinity' as const) : 0.01 }));
    expect(
      about('stress-2x', { ...change, differences: few, medianDifference: 0.01, interval, failedBlocks: 0 }),
    ).toContain(
      'exact interval at 99.2 %; a trial without a successful answer in 1 block counts as worse than any number)',
    );
  });

  test('shows a hostile name on one line, without control characters', () => {
    const names = ['idle', 'a', 'b', 'x\u001b[2J\n\u202ey'];
    expect(about('x\u001b[2J\n\u202ey', { against: 'a' }, { names })).toMatch(
      /^“x\ufffd\[2J\ufffdy”, compared with “a”, raised/,
    );
  });
});
