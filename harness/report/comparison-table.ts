import type { Comparison, Summary } from '../analysis/summary.ts';
import { formatNumber, formatShare } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Plan } from '../plan/plan.ts';
import { cell, columns, type Section } from './document.ts';
import { equivalenceText } from './equivalence-text.ts';
import { noiseInterval, noiseOf } from './noise-text.ts';
import { formatDifference, formatInterval, formatP } from './number-text.ts';
import { metricLabel, plural, timeCompressionText } from './wording.ts';

/** All hypotheses with everything that was computed about them. */
export function comparisonSection(summary: Summary, plan: Plan): Section {
  const title = 'Comparisons';
  if (summary.comparisons.length === 0)
    return { title, parts: [{ kind: 'text', text: 'The profile names no hypothesis.' }] };
  const hasMargin = summary.comparisons.some(({ margin }) => margin !== null);
  const hasNoise = summary.noise.length > 0;
  return {
    title,
    parts: [
      {
        kind: 'table',
        table: {
          caption: `${plural(summary.comparisons.length, 'hypothesis', 'hypotheses')} named before the run, paired by block${compression(plan)}: arm minus the one it is compared with, the median and its interval`,
          columns: columns(
            [
              'comparison',
              'ranking',
              'difference',
              'relative',
              ...(hasMargin ? ['equality'] : []),
              ...(hasNoise ? ['two equal arms'] : []),
              'p',
              'Holm p',
              'Hodges–Lehmann',
              'rank-biserial',
              'blocks',
            ],
            ['ranking', 'equality'],
          ),
          rows: summary.comparisons.map((comparison) => [
            cell(`${comparison.arm} − ${comparison.against}`, metricText(comparison)),
            cell(rankingText(comparison)),
            differenceCell(comparison),
            cell(relativeText(comparison.relativeDifference)),
            ...(hasMargin ? [cell(equivalenceText(comparison) ?? 'no margin')] : []),
            ...(hasNoise ? [noiseCell(comparison, summary)] : []),
            cell(comparison.p === null ? '–' : formatP(comparison.p)),
            cell(comparison.pHolm === null ? '–' : formatP(comparison.pHolm)),
            cell(
              comparison.hodgesLehmann === null ? '–' : formatDifference(comparison.hodgesLehmann, comparison.metric),
            ),
            cell(comparison.rankBiserial === null ? '–' : signed(comparison.rankBiserial)),
            cell(
              comparison.differences.length,
              comparison.failedBlocks === 0 ? '' : `${comparison.failedBlocks} failed`,
            ),
          ]),
          folded: false,
        },
      },
      {
        kind: 'text',
        text: 'The interval is the exact order-statistic interval of the median difference at the level it reaches. p is that of the exact sign-flip test, Holm p the same corrected for all comparisons; a ranking needs 0.05. A failed trial counts as worse than any number, so an end may be unbounded.',
      },
      ...(hasMargin
        ? [
            {
              kind: 'text' as const,
              text: 'Equal: the whole interval lies within the margin that the hypothesis named before the run. Not shown: it does not, or there are too few blocks; that two arms do not differ is no sign that they are equal.',
            },
          ]
        : []),
      ...(hasNoise
        ? [
            {
              kind: 'text' as const,
              text: `Two equal arms: the interval of the difference between two arms that did the same on this testbed, from ${[...new Set(summary.noise.map(({ experiment }) => experiment))].join(', ')}.`,
            },
          ]
        : []),
    ],
  };
}

function compression(plan: Plan): string {
  const text = timeCompressionText(plan);
  return text === '' ? '' : `, ${text}`;
}

function metricText({ metric, load }: Comparison): string {
  return load === null ? metricLabel(metric) : `${metricLabel(metric)}, load ${load}`;
}

function differenceCell({ medianDifference, interval, metric }: Comparison): ReturnType<typeof cell> {
  if (medianDifference === null) return cell('–');
  return cell(
    formatDifference(medianDifference, metric),
    interval === null
      ? 'no interval'
      : `${formatInterval(interval, metric, medianDifference)} at ${formatShare(interval.level)}`,
  );
}

function noiseCell({ metric }: Comparison, summary: Summary): ReturnType<typeof cell> {
  const noise = noiseOf(summary, metric);
  return noise === null ? cell('–') : cell(noiseInterval(noise), plural(noise.blocks, 'block'));
}

const signed = (value: number): string => (value > 0 ? '+' : value < 0 ? '−' : '') + formatNumber(Math.abs(value));

/** `+12.5 %`; from ten times on as `×34.0`, because a percentage of five digits says nothing. */
export function relativeText(relative: number | null): string {
  if (relative === null) return '–';
  return Math.abs(relative) < 9 ? `${signed(relative * 100)} %` : `×${formatNumber(1 + relative)}`;
}

export function rankingText({ ranking, blocksMissing }: Comparison): string {
  switch (ranking) {
    case 'higher':
    case 'lower':
      return ranking;
    case 'not-shown':
      return 'difference not shown';
    case 'too-few-blocks':
      return `${plural(blocksMissing, 'block')} missing`;
    default:
      return unreachable(ranking);
  }
}
