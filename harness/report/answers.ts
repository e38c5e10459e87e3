import type { Comparison } from '../analysis/summary.ts';
import { isCostMetric, isViolationMetric } from './metric-groups.ts';
import { type CostComparison, pairSentence } from './pair-sentence.ts';
import { plain, type Sentence } from './sentence-pieces.ts';
import { comparisonSentence, firstComparison, limitation, type SentenceContext } from './sentence.ts';

/** What an experiment answers about one pair of arms. */
export interface Answer {
  /** `showar − hpa`. */
  readonly label: string;
  readonly sentence: Sentence;
}

/**
 * The answers of the experiment, and no more than the runs support: a sentence for each pair and load where cost and violations are compared,
 * else one for each comparison. The first answers first.
 */
export function answersOf(context: SentenceContext): readonly Answer[] {
  const { comparisons } = context.summary;
  const first = firstComparison(context);
  const said = new Set<Comparison>();
  const answers = comparisons.flatMap((comparison): (Answer & { readonly isFirst: boolean })[] => {
    if (said.has(comparison)) return [];
    const joined = joinedSentence(comparison, context);
    const about = joined?.about ?? [comparison];
    for (const one of about) said.add(one);
    return [
      {
        label: `${comparison.arm} − ${comparison.against}`,
        sentence: joined?.sentence ?? comparisonSentence(comparison, context),
        isFirst: about.some((one) => one === first),
      },
    ];
  });
  return [...answers.filter(({ isFirst }) => isFirst), ...answers.filter(({ isFirst }) => !isFirst)];
}

/** The answer that comes first, with what limits its meaning. */
export function answerSentence(context: SentenceContext): Sentence {
  const [answer] = answersOf(context);
  const first = firstComparison(context);
  if (answer === undefined || first === null)
    return plain('The profile names no hypothesis, so nothing is compared; each arm is described by itself.');
  // A joined sentence ends with what limits it.
  const isJoined = joinedSentence(first, context) !== null;
  return isJoined ? answer.sentence : [...answer.sentence, ...plain(limitation(first, context))];
}

/** Of the first cost and the first violation that a pair is compared by under a load; null if there is no cost, or no number for it. */
function joinedSentence(
  comparison: Comparison,
  context: SentenceContext,
): { readonly sentence: Sentence; readonly about: readonly Comparison[] } | null {
  if (context.summary.experiment.aa) return null;
  const pair = context.summary.comparisons.filter(
    ({ arm, against, load }) => arm === comparison.arm && against === comparison.against && load === comparison.load,
  );
  const cost = pair.find((one): one is CostComparison => isCostMetric(one.metric));
  const violations = pair.find(({ metric }) => isViolationMetric(metric)) ?? null;
  if (cost === undefined || (comparison !== cost && comparison !== violations)) return null;
  const sentence = pairSentence(cost, violations, context);
  return sentence === null ? null : { sentence, about: violations === null ? [cost] : [cost, violations] };
}
