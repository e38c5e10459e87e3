import { comparisonCount, loadsOf } from '../plan/comparisons.ts';
import type { Hypothesis, Plan } from '../plan/plan.ts';
import { blocksNeeded } from '../statistics/blocks-needed.ts';
import { hodgesLehmann } from '../statistics/hodges-lehmann.ts';
import { holm } from '../statistics/holm.ts';
import { medianInterval } from '../statistics/median-interval.ts';
import { median, sortSample } from '../statistics/quantile.ts';
import { rankBiserial } from '../statistics/rank-biserial.ts';
import { signFlipTest } from '../statistics/sign-flip.ts';
import type { Comparison, Extended, TrialMetrics } from './summary.ts';

/** The family-wise error that a ranking may have. */
const alpha = 0.05;

/** A complete block: every arm has an outcome. */
export interface BlockOutcomes {
  readonly block: number;
  readonly load: string | null;
  /** By arm: the numbers of its valid trial, or `failed`. */
  readonly outcomes: ReadonlyMap<string, TrialMetrics | 'failed'>;
}

/** A difference within a block. Infinite: one of the two failed, which is worse than any number (design 4.5). */
interface PairedDifference {
  readonly block: number;
  readonly difference: number;
  /** The value of the arm compared against; null if that trial failed. */
  readonly against: number | null;
  readonly failed: boolean;
}

/** Every hypothesis under every load, paired by block, with Holm's correction over all of them (design 4.5). */
export function compareArms(plan: Plan, blocks: readonly BlockOutcomes[]): readonly Comparison[] {
  const needed = blocksNeeded(Math.max(1, comparisonCount(plan)));
  const judged = loadsOf(plan).flatMap((load) => {
    const ofLoad = blocks.filter((block) => block.load === load);
    return plan.hypotheses.map((hypothesis) => ({ load, hypothesis, pairs: pairedDifferences(hypothesis, ofLoad) }));
  });
  const pValues = judged.map(({ pairs }) =>
    pairs.length === 0 ? null : signFlipTest(pairs.map((pair) => pair.difference)).p,
  );
  // A hypothesis that could not be tested still counts: m was named before the run.
  const adjusted = holm(pValues.map((p) => p ?? 1));
  return judged.map(({ hypothesis, load, pairs }, index) => {
    const p = pValues[index] ?? null;
    return comparison(hypothesis, load, pairs, needed, p, p === null ? null : (adjusted[index] ?? null));
  });
}

function pairedDifferences({ arm, against, metric }: Hypothesis, blocks: readonly BlockOutcomes[]): PairedDifference[] {
  return blocks.flatMap(({ block, outcomes }) => {
    const value = (name: string): number | null | 'failed' => {
      const outcome = outcomes.get(name);
      return outcome === 'failed' ? outcome : (outcome?.waits[metric] ?? null);
    };
    const [a, b] = [value(arm), value(against)];
    // A valid trial without the number (nothing waited, no histogram) can be compared with nothing.
    if (a === null || b === null) return [];
    return [
      {
        block,
        difference: difference(a, b),
        against: b === 'failed' ? null : b,
        failed: a === 'failed' || b === 'failed',
      },
    ];
  });
}

function difference(a: number | 'failed', b: number | 'failed'): number {
  if (a === 'failed') return b === 'failed' ? 0 : Infinity;
  return b === 'failed' ? -Infinity : a - b;
}

function comparison(
  { arm, against, metric }: Hypothesis,
  load: string | null,
  pairs: readonly PairedDifference[],
  needed: number,
  p: number | null,
  pHolm: number | null,
): Comparison {
  const differences = pairs.map((pair) => pair.difference);
  const middle = median(sortSample(differences));
  const interval = medianInterval(differences, 1 - alpha);
  const shift = hodgesLehmann(differences);
  const blocksMissing = Math.max(0, needed - pairs.length);
  return {
    ...{ arm, against, metric, load },
    differences: pairs.map(({ block, difference: value }) => ({ block, difference: extended(value) })),
    failedBlocks: pairs.filter(({ failed }) => failed).length,
    medianDifference: middle === null || Number.isNaN(middle) ? null : extended(middle),
    relativeDifference: relativeDifference(middle, pairs),
    interval: interval && { low: extended(interval.low), high: extended(interval.high), level: interval.level },
    ...{ p, pHolm },
    hodgesLehmann: shift !== null && Number.isFinite(shift) ? shift : null,
    rankBiserial: rankBiserial(differences),
    ranking: ranking(differences, pHolm, blocksMissing),
    blocksMissing,
  };
}

function relativeDifference(middle: number | null, pairs: readonly PairedDifference[]): number | null {
  const base = median(sortSample(pairs.flatMap(({ against }) => (against === null ? [] : [against]))));
  if (middle === null || !Number.isFinite(middle) || base === null || base === 0) return null;
  return middle / base;
}

function ranking(differences: readonly number[], pHolm: number | null, blocksMissing: number): Comparison['ranking'] {
  if (blocksMissing > 0 || pHolm === null) return 'too-few-blocks';
  if (pHolm > alpha) return 'not-shown';
  return signFlipTest(differences).statistic > 0 ? 'higher' : 'lower';
}

function extended(value: number): Extended {
  if (Number.isFinite(value)) return value;
  return value > 0 ? 'infinity' : '-infinity';
}
