import type { Comparison, Summary } from '../analysis/summary.ts';
import { formatShare } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import type { MetricName } from '../plan/plan.ts';
import { valuesOf } from './cost-tables.ts';
import { type CostMetric, isCostMetric, isViolationMetric, violationMetrics } from './metric-groups.ts';
import { noiseOf, noiseText } from './noise-text.ts';
import { formatDifference, formatInterval, formatMetric, formatSize, negate } from './number-text.ts';
import { relativeNoise, relativeOf, type RelativeDifference } from './relative-difference.ts';
import { plain, strong, type Sentence } from './sentence-pieces.ts';
import type { SentenceContext } from './sentence.ts';
import { formatCount, metricLabel, named, plural } from './wording.ts';

/** A comparison by cost. */
export type CostComparison = Comparison & { readonly metric: CostMetric };

/**
 * What a pair of arms shows of cost, and of violations if a hypothesis is about them: one sentence, because either says little without the
 * other. Null where there is no number to say: then each comparison speaks for itself.
 */
export function pairSentence(
  cost: CostComparison,
  violations: Comparison | null,
  context: SentenceContext,
): Sentence | null {
  if (!isSayable(cost) || (violations !== null && !isSayable(violations))) return null;
  return [
    ...(cost.ranking === 'too-few-blocks' ? tooFew(cost) : []),
    ...costClause(cost, context),
    ...(violations === null ? unnamed(cost, context.summary) : violationClause(violations, context)),
    ...plain(`${tail(cost, violations, context)}.`),
  ];
}

/** Has a median, and one that its ranking does not contradict. */
function isSayable({ medianDifference, ranking }: Comparison): boolean {
  if (typeof medianDifference !== 'number') return false;
  if (ranking === 'higher') return medianDifference > 0;
  return ranking !== 'lower' || medianDifference < 0;
}

function tooFew({ differences, blocksMissing }: Comparison): Sentence {
  const blocks = differences.length;
  return [
    strong('Too few blocks to rank'),
    ...plain(
      `: ${blocks} of the ${blocks + blocksMissing} needed ${blocks === 1 ? 'is' : 'are'} complete, ${blocksMissing} ${blocksMissing === 1 ? 'is' : 'are'} missing. So far `,
    ),
  ];
}

function costClause(comparison: CostComparison, context: SentenceContext): Sentence {
  const { arm, against, ranking, equivalence, metric } = comparison;
  const { verb, less, more, noun } = costWords[metric];
  const load = comparison.load === null || context.plan.loads.length < 2 ? '' : ` under load ${named(comparison.load)}`;
  const behind = [signedText(comparison), ...noiseTexts(comparison, context)].join('; ');
  switch (ranking) {
    case 'not-shown':
      if (equivalence === 'equal')
        return [
          ...plain(`${named(arm)} and ${named(against)} are `),
          strong(`equal in ${noun} within ${marginText(comparison)}`),
          ...plain(`${load} (${behind})`),
        ];
      return [
        strong(`No difference in ${noun} was shown`),
        ...plain(` between ${named(arm)} and ${named(against)}${load}${notEqual(comparison)} (${behind})`),
      ];
    case 'too-few-blocks':
      return plain(
        `the difference in ${noun} between ${named(arm)} and ${named(against)}${load} is ${aside(comparison, context)}`,
      );
    case 'higher':
    case 'lower':
      return [
        ...plain(`${named(arm)} ${verb} `),
        strong(`${amountText(comparison)} ${ranking === 'lower' ? less : more}`),
        ...plain(` than ${named(against)}${load}${inBrackets(comparison, context)}`),
      ];
    default:
      return unreachable(ranking);
  }
}

function violationClause(comparison: Comparison, context: SentenceContext): Sentence {
  const { ranking, equivalence, metric } = comparison;
  const noun = violationNoun(metric);
  if (ranking === 'higher' || ranking === 'lower')
    return [
      ...plain(`, with ${noun} `),
      strong(`${amountText(comparison)} ${ranking}`),
      ...plain(inBrackets(comparison, context)),
    ];
  const numbers = [signedText(comparison), ...noiseTexts(comparison, context)].join('; ');
  if (equivalence === 'equal') return plain(` at equal ${noun} (within ${marginText(comparison)}: ${numbers})`);
  if (ranking === 'too-few-blocks') return plain(`, that in ${noun} ${aside(comparison, context)}`);
  return plain(`; a difference in ${noun} was not shown${notEqual(comparison)} (${numbers})`);
}

/** A difference, and in brackets what equal arms show. */
function aside(comparison: Comparison, context: SentenceContext): string {
  const noise = noiseTexts(comparison, context).join('; ');
  return `${signedText(comparison)}${noise === '' ? '' : ` (${noise})`}`;
}

/** Behind a difference that was shown: whether it lies within the margin, and what equal arms show. */
function inBrackets(comparison: Comparison, context: SentenceContext): string {
  const texts = [
    ...(comparison.equivalence === 'equal' ? [`equal within ${marginText(comparison)}`] : []),
    ...noiseTexts(comparison, context),
  ];
  return texts.length === 0 ? '' : ` (${texts.join('; ')})`;
}

const notEqual = (comparison: Comparison): string =>
  comparison.equivalence === 'not-shown' ? `, nor equality within ${marginText(comparison)}` : '';

/** The other side of the bargain where no hypothesis names it: described, not compared. */
function unnamed(cost: Comparison, summary: Summary): Sentence {
  const { arms, comparisons } = summary;
  const pair = comparisons.filter(({ arm, against }) => arm === cost.arm && against === cost.against);
  const metric = violationMetrics.find((one) => arms.some((arm) => arm.metrics[one] !== null));
  if (metric === undefined || pair.some((one) => isViolationMetric(one.metric))) return [];
  const [own, other] = [cost.arm, cost.against].map((arm) => valuesOf(summary, arm, cost.load, metric));
  if (!own || !other) return [];
  const values = `${formatMetric(own.median, metric)} against ${formatMetric(other.median, metric)}`;
  return plain(`; ${violationNoun(metric)}, of which there is no hypothesis: a median of ${values}`);
}

/** Everything that limits what the numbers mean. */
function tail(cost: Comparison, violations: Comparison | null, { summary, plan }: SentenceContext): string {
  const blocks = cost.differences.length;
  const others = violations?.differences.length ?? blocks;
  const failed = Math.max(cost.failedBlocks, violations?.failedBlocks ?? 0);
  const invalid = summary.arms
    .filter(({ name }) => name === cost.arm || name === cost.against)
    .reduce((sum, arm) => sum + arm.invalid, 0);
  const isRepeated = summary.blocks.setAside === 0 && summary.experiment.status === 'complete';
  const { timeCompression } = plan;
  return [
    `; ${plural(blocks, 'block')}${others === blocks ? '' : ` (${others} with violations)`}`,
    cost.interval === null ? ', no interval below 6' : `, interval level ${formatShare(cost.interval.level)}`,
    failed === 0 ? '' : `, a failed trial in ${plural(failed, 'block')} counts as worse than any number`,
    invalid === 0 ? '' : `, ${plural(invalid, 'trial')} invalid${isRepeated ? ' and repeated' : ''}`,
    `; testbed ${summary.experiment.testbed}${summary.experiment.testbed === 'sim' ? ', in virtual time' : ''}`,
    timeCompression === 1 ? '' : `; time compression ${formatCount(timeCompression)}`,
  ].join('');
}

/** `18.2 % [12.1, 24.0]`, without a sign. */
function amountText(comparison: Comparison): string {
  const { metric, ranking, interval, medianDifference } = comparison;
  const isTurned = ranking === 'lower';
  const relative = isCostMetric(metric) ? relativeOf(comparison, isTurned) : null;
  if (relative !== null) return shares(relative);
  const size = isTurned ? negate(medianDifference ?? 0) : (medianDifference ?? 0);
  const amount = typeof size === 'number' ? formatSize(size, metric) : 'unbounded';
  if (interval === null) return amount;
  const ends = isTurned ? { low: negate(interval.high), high: negate(interval.low) } : interval;
  return `${amount} ${formatInterval(ends, metric, size)}`;
}

/** `−1.20 % [−4.00, 2.00]`, with its sign. */
function signedText(comparison: Comparison): string {
  const { metric, interval, medianDifference } = comparison;
  const relative = isCostMetric(metric) ? relativeOf(comparison, false) : null;
  if (relative !== null)
    return `${relative.median.startsWith('\u2212') || relative.median === '0' ? '' : '+'}${shares(relative)}`;
  const text = formatDifference(medianDifference ?? 0, metric);
  return interval === null ? text : `${text} ${formatInterval(interval, metric, medianDifference)}`;
}

const shares = ({ median, interval }: RelativeDifference): string =>
  `${median} %${interval === null ? '' : ` [${interval.join(', ')}]`}`;

/** `two equal arms differ by [−3.00, 4.00] % here`, in the unit of the difference before it. */
function noiseTexts(comparison: Comparison, { summary }: SentenceContext): readonly string[] {
  const noise = noiseOf(summary, comparison.metric);
  if (noise === null) return [];
  const relative = isCostMetric(comparison.metric) ? relativeNoise(comparison, noise) : null;
  if (relative === null) return [noiseText(noise)];
  return [`two equal arms differ by [${relative.join(', ')}] % here`];
}

function marginText({ margin, metric, levels: { against } }: Comparison): string {
  if (margin === null) return '';
  const isRelative = isCostMetric(metric) && typeof against === 'number' && against > 0;
  return isRelative ? formatShare(margin / against) : formatSize(margin, metric);
}

interface CostWords {
  readonly verb: string;
  readonly less: string;
  readonly more: string;
  readonly noun: string;
}

const counted = (verb: string, what: string, noun = what): CostWords => ({
  ...{ verb, noun, less: `fewer ${what}`, more: `more ${what}` },
});

/** How a sentence says that an arm took less or more. */
const costWords: Readonly<Record<CostMetric, CostWords>> = {
  'core-seconds': counted('used', 'core-seconds'),
  'core-seconds-requested': counted('requested', 'core-seconds', 'core-seconds by request'),
  'core-seconds-used': { verb: 'spent', noun: 'CPU time', less: 'less CPU time', more: 'more CPU time' },
  'gigabyte-seconds': counted('used', 'GB-seconds'),
  'replica-seconds': counted('used', 'replica-seconds'),
  cost: { verb: 'cost', noun: 'cost', less: 'less', more: 'more' },
  'cpu-cores': { verb: 'used', noun: 'CPU', less: 'less CPU', more: 'more CPU' },
};

const violationNoun = (metric: MetricName): string =>
  metric === 'violation-share' ? 'SLO violations' : metricLabel(metric);
