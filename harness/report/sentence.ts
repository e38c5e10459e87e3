import type { Comparison, Extended, Summary } from '../analysis/summary.ts';
import { needsHistogram, type Plan } from '../plan/plan.ts';
import { threadsOf } from '../plan/thread-count.ts';
import { formatShare } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import { formatDifference, formatInterval, formatMetric, formatP, formatSize, negate, negated } from './number-text.ts';
import { equivalenceText } from './equivalence-text.ts';
import { noiseOf, noiseText } from './noise-text.ts';
import { plain, strong, type Sentence } from './sentence-pieces.ts';
import {
  capitalised,
  disturbancePhrase,
  isWaitMetric,
  metricPhrase,
  metricVerb,
  named,
  plural,
  timeCompressionText,
} from './wording.ts';

export { sentenceText, type Sentence } from './sentence-pieces.ts';

export interface SentenceContext {
  readonly summary: Summary;
  readonly plan: Plan;
  /** Cores of the machine, to say how many threads `timesCores` was. */
  readonly cores: number;
}

/** The comparison that answers first: that of the arm with the fewest busy threads; null if the profile names none. */
export function firstComparison({ summary, plan, cores }: SentenceContext): Comparison | null {
  const threads = (comparison: Comparison): number => {
    const count = plan.arms.find((arm) => arm.name === comparison.arm)?.disturbances.cpu ?? null;
    return count === null ? Infinity : threadsOf(count, cores);
  };
  return summary.comparisons.reduce<Comparison | null>(
    (first, next) => (first === null || threads(next) < threads(first) ? next : first),
    null,
  );
}

/** What one comparison shows. */
export function comparisonSentence(comparison: Comparison, context: SentenceContext): Sentence {
  const blocks = comparison.differences.length;
  const { medianDifference, ranking } = comparison;
  if (blocks === 0 || medianDifference === null) return plain(noAnswer(comparison, context));
  if (ranking === 'too-few-blocks') return tooFew(comparison, medianDifference, context);
  if (context.summary.experiment.aa) return sameTreatment(comparison, medianDifference, context);
  switch (ranking) {
    case 'not-shown':
      return [
        strong('No difference was shown'),
        ...plain(
          `: ${withArm(comparison, context)} ${metric(comparison)} ${verb(comparison, 'differs')} by ${differenceText(comparison, medianDifference)}`,
        ),
        ...plain(` (${support(comparison, context)}${holm(comparison)}${failures(comparison)})${levels(comparison)}.`),
      ];
    case 'higher':
    case 'lower':
      if (!agrees(medianDifference, ranking)) return ranksAgainstMedian(comparison, medianDifference, context);
      return typeof medianDifference === 'string'
        ? beyondNumbers(comparison, context)
        : changed(comparison, ranking, context);
    default:
      return unreachable(ranking);
  }
}

function agrees(median: Extended, ranking: 'higher' | 'lower'): boolean {
  const isAbove = median === 'infinity' || (typeof median === 'number' && median > 0);
  const isBelow = median === '-infinity' || (typeof median === 'number' && median < 0);
  return ranking === 'higher' ? isAbove : isBelow;
}

/** The test weighs sizes and the median does not: few large differences can outweigh many small ones of the other sign. */
function ranksAgainstMedian(comparison: Comparison, median: Extended, context: SentenceContext): Sentence {
  return [
    ...plain(
      `${capitalised(withArm(comparison, context))} ${metric(comparison)} ${verb(comparison, 'ranks')} ${comparison.ranking}, yet its median differs by `,
    ),
    strong(differenceText(comparison, median)),
    ...plain(
      ` (${support(comparison, context)}${holm(comparison)}${failures(comparison)}): few large differences outweigh many small ones.`,
    ),
  ];
}

function changed(comparison: Comparison, ranking: 'higher' | 'lower', context: SentenceContext): Sentence {
  const turn = ranking === 'lower';
  const size = turn ? negate(comparison.medianDifference ?? 0) : (comparison.medianDifference ?? 0);
  const interval = turn && comparison.interval !== null ? negated(comparison.interval) : comparison.interval;
  const amount = typeof size === 'number' ? formatSize(size, comparison.metric) : 'unbounded';
  const range = interval === null ? '' : ` ${formatInterval(interval, comparison.metric, size)}`;
  if (!isWaitMetric(comparison.metric)) {
    const arm = disturbanceAlone(comparison, context) ?? named(comparison.arm);
    return [
      ...plain(`With ${arm} ${metric(comparison)} ${verb(comparison, 'is')} `),
      strong(`${amount} ${turn ? 'lower' : 'higher'}${range}`),
      ...plain(` than with ${named(comparison.against)} (${support(comparison, context)}${failures(comparison)})`),
      ...plain(`${levelsBeside(comparison)}.`),
    ];
  }
  return [
    ...plain(`${capitalised(subject(comparison, context))} ${turn ? 'lowered' : 'raised'} ${metric(comparison)} by `),
    strong(`${amount}${range}`),
    ...plain(` (${support(comparison, context)}${failures(comparison)})${levels(comparison)}.`),
  ];
}

/** More than half of the blocks failed on one side: the median itself is worse than any number. */
function beyondNumbers(comparison: Comparison, context: SentenceContext): Sentence {
  const armFailed = comparison.medianDifference === 'infinity';
  const side = armFailed ? 'infinity' : '-infinity';
  const failed = comparison.differences.filter(({ difference }) => difference === side).length;
  const count = `${howItFailed(comparison)} in ${failed} of ${plural(comparison.differences.length, 'block')}`;
  const interval =
    comparison.interval === null
      ? ''
      : ` (interval of the difference ${formatInterval(comparison.interval, comparison.metric, null)}, exact at ${formatShare(comparison.interval.level)})`;
  return [
    ...plain(`${capitalised(withArm(comparison, context))} ${metric(comparison)} ${verb(comparison, 'is')} `),
    strong(armFailed ? 'worse than any number' : `better than with ${named(comparison.against)}`),
    ...plain(armFailed ? `: ${named(comparison.arm)} ${count}${interval}.` : `, which ${count}${interval}.`),
  ];
}

function tooFew(comparison: Comparison, medianDifference: Extended, context: SentenceContext): Sentence {
  const blocks = comparison.differences.length;
  const needed = blocks + comparison.blocksMissing;
  const missing = comparison.blocksMissing;
  return [
    strong('Too few blocks to rank'),
    ...plain(
      `: ${blocks} of the ${needed} needed ${blocks === 1 ? 'is' : 'are'} complete, ${missing} ${missing === 1 ? 'is' : 'are'} missing. So far ${withArm(comparison, context)} ${metric(comparison)} ${verb(comparison, 'differs')} by ${differenceText(comparison, medianDifference)}`,
    ),
    ...plain(` (${support(comparison, context)}${failures(comparison)})${levels(comparison)}.`),
  ];
}

function sameTreatment(comparison: Comparison, medianDifference: Extended, context: SentenceContext): Sentence {
  const shown = comparison.ranking !== 'not-shown';
  const lead = shown
    ? 'Two arms with the same treatment came out different'
    : 'A/A: two arms with the same treatment showed no difference, as it should be';
  const tail = shown ? ' This testbed shows differences of that size by accident.' : '';
  return [
    ...plain(
      `${lead}: in ${named(comparison.arm)} ${metric(comparison)} ${verb(comparison, 'differs')} from that in ${named(comparison.against)} by `,
    ),
    strong(differenceText(comparison, medianDifference)),
    ...plain(
      ` (${support(comparison, context)}${holm(comparison)}${failures(comparison)})${levels(comparison)}.${tail}`,
    ),
  ];
}

function noAnswer(comparison: Comparison, context: SentenceContext): string {
  const { blocks, experiment } = context.summary;
  const question = `the effect of ${subject(comparison, context)} on ${metric(comparison)}`;
  if (blocks.complete === 0)
    return `No block is complete, so there is no answer yet: ${plural(blocks.neededToRank, 'complete block')} ${blocks.neededToRank === 1 ? 'is' : 'are'} needed to tell ${question}.`;
  if (experiment.source === 'schedstat' && needsHistogram(comparison.metric))
    return `No answer: schedstat has no histogram, hence no quantiles, so ${question} was not measured.`;
  return `No answer: ${question} was not measured in any complete block.`;
}

/** What names a source or testbed that limits what an answer means. */
export function limitation({ metric }: Comparison, { summary: { experiment }, plan }: SentenceContext): string {
  const compression = timeCompressionText(plan);
  const compressed = compression === '' ? '' : ` ${capitalised(compression)}.`;
  if (experiment.testbed === 'sim') return ` Simulated in virtual time.${compressed}`;
  const source = experiment.source === 'schedstat' && isWaitMetric(metric);
  return `${source ? ' Source: schedstat, which gives sums and no histogram.' : ''}${compressed}`;
}

/** What acts: the disturbance if only that sets the arm apart from an undisturbed one, else the arm by name. */
function subject(comparison: Comparison, context: SentenceContext): string {
  return (
    disturbanceAlone(comparison, context) ?? `${named(comparison.arm)}, compared with ${named(comparison.against)},`
  );
}

function withArm(comparison: Comparison, context: SentenceContext): string {
  const alone = disturbanceAlone(comparison, context);
  return alone === null ? `with ${named(comparison.arm)} instead of ${named(comparison.against)}` : `with ${alone}`;
}

function disturbanceAlone(comparison: Comparison, { plan, cores }: SentenceContext): string | null {
  const armOf = (name: string): Plan['arms'][number] | undefined => plan.arms.find((arm) => arm.name === name);
  if (disturbancePhrase(armOf(comparison.against), cores) !== null) return null;
  return disturbancePhrase(armOf(comparison.arm), cores);
}

function metric(comparison: Comparison): string {
  const phrase = metricPhrase(comparison.metric);
  return comparison.load === null ? phrase : `${phrase} under load ${named(comparison.load)}`;
}

const verb = ({ metric }: Comparison, word: Parameters<typeof metricVerb>[1]): string => metricVerb(metric, word);

function differenceText(comparison: Comparison, median: Extended): string {
  const text = typeof median === 'string' ? 'more than any number' : formatDifference(median, comparison.metric);
  return comparison.interval === null
    ? text
    : `${text} ${formatInterval(comparison.interval, comparison.metric, median)}`;
}

/** What a difference rests on, and what limits it. */
function support(comparison: Comparison, { summary }: SentenceContext): string {
  const { differences, interval, metric } = comparison;
  const median = differences.length === 1 ? 'one block' : `median of ${differences.length} blocks`;
  const noise = summary.experiment.aa ? null : noiseOf(summary, metric);
  return [
    interval === null
      ? `${median}, no interval below 6`
      : `${median}, exact interval at ${formatShare(interval.level)}`,
    ...(noise === null ? [] : [noiseText(noise)]),
    ...[equivalenceText(comparison) ?? []].flat(),
  ].join('; ');
}

const holm = ({ pHolm }: Comparison): string => (pHolm === null ? '' : `, Holm p ${equals(formatP(pHolm))}`);
const equals = (p: string): string => (p.startsWith('<') ? p : `= ${p}`);

function failures(comparison: Comparison): string {
  const { failedBlocks } = comparison;
  const silent = unansweredBlocks(comparison);
  const counts = [
    ...(failedBlocks === 0 ? [] : [`a failed trial in ${plural(failedBlocks, 'block')}`]),
    ...(silent === 0 ? [] : [`one without a successful answer in ${plural(silent, 'block')}`]),
  ];
  if (counts.length === 0) return '';
  return `; ${counts.join(' and ').replace(/^one/, 'a trial')} ${counts.length === 1 ? 'counts' : 'count'} as worse than any number`;
}

/** Blocks with a latency that is worse than any number though no trial of theirs failed: no request was answered with success. */
function unansweredBlocks({ metric, failedBlocks, differences }: Comparison): number {
  if (isWaitMetric(metric)) return 0;
  const unbounded = differences.filter(({ difference }) => typeof difference === 'string').length;
  return Math.max(0, unbounded - failedBlocks);
}

function howItFailed(comparison: Comparison): string {
  const silent = unansweredBlocks(comparison);
  if (silent === 0) return 'failed';
  return comparison.failedBlocks === 0
    ? 'answered no request with success'
    : 'failed, or answered no request with success,';
}

/** Of the blocks of the comparison itself: the medians of an arm are over all loads. */
function levels({ levels: { arm, against }, metric }: Comparison): string {
  if (arm === null || against === null) return '';
  return `, from a median of ${levelText(against, metric)} to ${levelText(arm, metric)}`;
}

/** The same beside a comparison of two arms instead of behind a change. */
function levelsBeside({ levels: { arm, against }, metric }: Comparison): string {
  if (arm === null || against === null) return '';
  return `: a median of ${levelText(arm, metric)} against ${levelText(against, metric)}`;
}

const levelText = (level: Extended, metric: Comparison['metric']): string =>
  typeof level === 'number' ? formatMetric(level, metric) : 'more than any number';
