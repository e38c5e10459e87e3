import { loadsOf } from '../plan/comparisons.ts';
import type { MetricName, Plan } from '../plan/plan.ts';
import { medianInterval } from '../statistics/median-interval.ts';
import { median, sortSample } from '../statistics/quantile.ts';
import type { BlockOutcomes } from './compare.ts';

/** What an arm may cost or must reach, as a multiple of the baseline. */
export interface GateQuestion {
  readonly baseline: string;
  readonly metric: MetricName;
  readonly bound: { readonly kind: 'at-most' | 'at-least'; readonly ratio: number };
}

/** One arm under one load, held against the baseline, paired by block. Ratios are arm over baseline; a failed trial makes them infinite or 0. */
export interface GateResult {
  readonly arm: string;
  readonly load: string | null;
  /** Complete blocks in which both have a number or an outcome. */
  readonly blocks: number;
  /** Of these, those in which one of the two failed. */
  readonly failedBlocks: number;
  /** Null without a block. */
  readonly ratio: number | null;
  /** Exact order-statistic interval of the median ratio, at the level it reaches; null with fewer than 6 blocks. */
  readonly interval: { readonly low: number; readonly high: number; readonly level: number } | null;
  /** `not-decided`: the interval holds the bound, or there are too few blocks. Only what is met, is met. */
  readonly verdict: 'met' | 'not-met' | 'not-decided';
}

/** @param arms those that are asked about @param blocks complete ones */
export function judgeGate(
  plan: Plan,
  blocks: readonly BlockOutcomes[],
  question: GateQuestion,
  arms: readonly string[],
): readonly GateResult[] {
  return arms.flatMap((arm) =>
    loadsOf(plan).map((load): GateResult => {
      const pairs = blocks.filter((block) => block.load === load).flatMap((block) => pairOf(block, arm, question));
      const ratios = pairs.map(({ ratio }) => ratio);
      const interval = medianInterval(ratios);
      return {
        ...{ arm, load, blocks: pairs.length },
        failedBlocks: pairs.filter(({ hasFailed }) => hasFailed).length,
        ratio: median(sortSample(ratios)),
        interval,
        verdict: interval === null ? 'not-decided' : verdictOf(interval, question.bound),
      };
    }),
  );
}

function pairOf(
  { outcomes }: BlockOutcomes,
  arm: string,
  { baseline, metric }: GateQuestion,
): readonly { readonly ratio: number; readonly hasFailed: boolean }[] {
  const [of, against] = [arm, baseline].map((name) => {
    const outcome = outcomes.get(name);
    return outcome === 'failed' ? Infinity : (outcome?.values[metric] ?? null);
  });
  if (of === undefined || against === undefined || of === null || against === null) return [];
  return [{ ratio: ratioOf(of, against), hasFailed: of === Infinity || against === Infinity }];
}

/** Equals are equal, also where both are 0 or both failed; a failed one is more than any number of times one that did not. */
function ratioOf(of: number, against: number): number {
  if (of === against) return 1;
  return against === Infinity ? 0 : of / against;
}

function verdictOf(
  { low, high }: { readonly low: number; readonly high: number },
  { kind, ratio }: GateQuestion['bound'],
): GateResult['verdict'] {
  const [isMet, isMissed] = kind === 'at-most' ? [high <= ratio, low > ratio] : [low >= ratio, high < ratio];
  return isMet ? 'met' : isMissed ? 'not-met' : 'not-decided';
}
