import type { AcrossLoads, Summary } from '../analysis/summary.ts';
import { formatShare } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import { rankingText, relativeText } from './comparison-table.ts';
import { type Cell, cell, columns, type Section } from './document.ts';
import { formatDifference, formatInterval } from './number-text.ts';
import { metricLabel, plural, timeCompressionText } from './wording.ts';

/** Each hypothesis with one row for each load, and a line over all of them. Nothing with one load. */
export function acrossLoadsSections(summary: Summary, plan: Plan): readonly Section[] {
  if (summary.acrossLoads.length === 0) return [];
  const compression = timeCompressionText(plan);
  return [
    {
      title: 'Load by load',
      parts: [
        {
          kind: 'table',
          table: {
            caption: `Arm minus the one it is compared with, under each load${compression === '' ? '' : `, ${compression}`}; under all of them the mean of the medians, each load counting the same`,
            columns: columns(['comparison', 'load', 'difference', 'relative', 'ranking'], ['load', 'ranking']),
            rows: summary.acrossLoads.flatMap((one) => rowsOf(one, summary)),
            folded: false,
          },
        },
        {
          kind: 'text',
          text: 'The line over all loads is a description and no test: each load was tested by itself, and Holm’s correction is over all of them.',
        },
      ],
    },
  ];
}

function rowsOf({ arm, against, metric, mean, higher, lower, medians }: AcrossLoads, summary: Summary): Cell[][] {
  const name = cell(`${arm} − ${against}`, metricLabel(metric));
  const own = summary.comparisons.filter((one) => one.arm === arm && one.against === against && one.metric === metric);
  const neither = medians.length - higher - lower;
  const counts = [
    ...(higher === 0 ? [] : [`higher under ${plural(higher, 'load')}`]),
    ...(lower === 0 ? [] : [`lower under ${plural(lower, 'load')}`]),
    ...(neither === 0 ? [] : [`not shown under ${plural(neither, 'load')}`]),
  ];
  return [
    ...own.map((one) => [
      name,
      cell(one.load ?? '–'),
      one.medianDifference === null
        ? cell('–')
        : cell(
            formatDifference(one.medianDifference, metric),
            one.interval === null
              ? 'no interval'
              : `${formatInterval(one.interval, metric, one.medianDifference)} at ${formatShare(one.interval.level)}`,
          ),
      cell(relativeText(one.relativeDifference)),
      cell(rankingText(one)),
    ]),
    [
      name,
      cell('all loads'),
      cell(
        mean === null ? '–' : formatDifference(mean, metric),
        mean === null ? 'a median is missing or unbounded' : '',
      ),
      cell(''),
      cell(counts.join(', ')),
    ],
  ];
}
