import { comparisonCount, loadsOf } from '../plan/comparisons.ts';
import type { Hypothesis, Margin, Plan } from '../plan/plan.ts';
import { blocksNeeded } from '../statistics/blocks-needed.ts';
import { hodgesLehmann } from '../statistics/hodges-lehmann.ts';
import { holm } from '../statistics/holm.ts';
import { medianInterval } from '../statistics/median-interval.ts';
import { median, sortSample } from '../statistics/quantile.ts';
import { rankBiserial } from '../statistics/rank-biserial.ts';
import { signFlipTest, type SignFlipTest } from '../statistics/sign-flip.ts';
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
export interface PairedDifference {
  readonly block: number;
  readonly difference: number;
  /** The values of the two; null for a valid trial without the number. */
  readonly arm: number | null | 'failed';
  readonly against: number | null | 'failed';
}

/** Every hypothesis under every load, paired by block, with Holm's correction over all of them (design 4.5). */
export function compareArms(plan: Plan, blocks: readonly BlockOutcomes[]): readonly Comparison[] {
  const needed = blocksNeeded(Math.max(1, comparisonCount(plan)));
  const asked = loadsOf(plan).flatMap((load) => {
    const ofLoad = blocks.filter((block) => block.load === load);
    return plan.hypotheses.map((hypothesis) => {
      const pairs = pairedDifferences(hypothesis, ofLoad);
      const test = pairs.length === 0 ? null : signFlipTest(pairs.map(({ difference }) => difference));
      return { load, hypothesis, pairs, test };
    });
  });
  // A hypothesis that could not be tested still counts: m was named before the run.
  const adjusted = holm(asked.map(({ test }) => test?.p ?? 1));
  return asked.map(({ load, hypothesis, pairs, test }, index) => {
    const { arm, against, metric } = hypothesis;
    const pHolm = test === null ? null : (adjusted[index] ?? null);
    const blocksMissing = Math.max(0, needed - pairs.length);
    const estimated = estimates(pairs);
    return {
      ...{ arm, against, metric, load },
      ...estimated,
      ...{ p: test?.p ?? null, pHolm },
      ranking: ranking(test, pHolm, blocksMissing),
      blocksMissing,
      ...equivalenceOf(hypothesis.margin, estimated, blocksMissing),
    };
  });
}

/** Two arms under one metric, block by block. */
export function pairedDifferences(
  { arm, against, metric }: Pick<Hypothesis, 'arm' | 'against' | 'metric'>,
  blocks: readonly BlockOutcomes[],
): PairedDifference[] {
  return blocks.flatMap(({ block, outcomes }) => {
    const value = (name: string): number | null | 'failed' => {
      const outcome = outcomes.get(name);
      return outcome === 'failed' ? outcome : (outcome?.values[metric] ?? null);
    };
    const [a, b] = [value(arm), value(against)];
    const paired = difference(a, b);
    return paired === null ? [] : [{ block, difference: paired, arm: a, against: b }];
  });
}

/**
 * A failed trial is worse than a valid one, whatever the number of that is or would be. null for two valid trials one of which has no
 * number: nothing waited, or the source has no histogram.
 */
function difference(a: number | null | 'failed', b: number | null | 'failed'): number | null {
  if (a === 'failed') return b === 'failed' ? 0 : Infinity;
  if (b === 'failed') return -Infinity;
  return a === null || b === null ? null : a - b;
}

type Estimates = Omit<
  Comparison,
  keyof Hypothesis | 'load' | 'p' | 'pHolm' | 'ranking' | 'blocksMissing' | 'equivalence'
>;

function estimates(pairs: readonly PairedDifference[]): Estimates {
  const differences = pairs.map(({ difference }) => difference);
  // null also if the middle lies between -Infinity and Infinity.
  const middle = median(sortSample(differences));
  const interval = medianInterval(differences, 1 - alpha);
  return {
    differences: pairs.map(({ block, difference }) => ({ block, difference: extended(difference) })),
    failedBlocks: pairs.filter(({ arm, against }) => arm === 'failed' || against === 'failed').length,
    levels: { arm: level(pairs.map(({ arm }) => arm)), against: level(pairs.map(({ against }) => against)) },
    medianDifference: middle === null ? null : extended(middle),
    relativeDifference: relativeDifference(middle, pairs),
    interval: interval && { low: extended(interval.low), high: extended(interval.high), level: interval.level },
    hodgesLehmann: hodgesLehmann(differences),
    rankBiserial: rankBiserial(differences),
  };
}

function level(values: readonly PairedDifference['arm'][]): Extended | null {
  const known = values.flatMap((value) => (value === null ? [] : [value === 'failed' ? Infinity : value]));
  const middle = median(sortSample(known));
  return middle === null ? null : extended(middle);
}

function relativeDifference(middle: number | null, pairs: readonly PairedDifference[]): number | null {
  const base = median(sortSample(pairs.flatMap(({ against }) => (typeof against === 'number' ? [against] : []))));
  if (middle === null || !Number.isFinite(middle) || base === null || base === 0) return null;
  return middle / base;
}

function ranking(test: SignFlipTest | null, pHolm: number | null, blocksMissing: number): Comparison['ranking'] {
  if (blocksMissing > 0 || test === null || pHolm === null) return 'too-few-blocks';
  if (pHolm > alpha) return 'not-shown';
  return test.statistic > 0 ? 'higher' : 'lower';
}

/** Equal is a finding too: it is claimed only of an interval that lies inside a margin named before the run (design 4.5). */
function equivalenceOf(
  named: Margin | null,
  { interval, levels }: Estimates,
  blocksMissing: number,
): Pick<Comparison, 'margin' | 'equivalence'> {
  if (named === null) return { margin: null, equivalence: null };
  const margin = marginIn(named, levels.against);
  const isWithin = (end: Extended): boolean => margin !== null && typeof end === 'number' && Math.abs(end) <= margin;
  const isEqual = blocksMissing === 0 && interval !== null && isWithin(interval.low) && isWithin(interval.high);
  return { margin, equivalence: isEqual ? 'equal' : 'not-shown' };
}

function marginIn(margin: Margin, level: Extended | null): number | null {
  if (margin.kind === 'value') return margin.value;
  return typeof level === 'number' ? margin.share * Math.abs(level) : null;
}

/** As it stands in JSON. */
export function extended(value: number): Extended {
  if (Number.isFinite(value)) return value;
  return value > 0 ? 'infinity' : '-infinity';
}
