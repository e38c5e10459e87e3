import type { Comparison, Summary } from '../analysis/summary.ts';
import { formatShare } from '../core/units.ts';
import type { Plan, PublishedResult } from '../plan/plan.ts';
import { valuesOf } from './cost-tables.ts';
import { relativeText } from './comparison-table.ts';
import { type Cell, cell, columns, type Section } from './document.ts';
import { formatDifference, formatInterval, formatMetric, negate, negated } from './number-text.ts';
import { metricLabel, timeCompressionText } from './wording.ts';

/** What the authors of the policies published, beside what was measured here. Nothing where nothing was published. */
export function publishedSections(summary: Summary, plan: Plan): readonly Section[] {
  const kinds = new Map(
    plan.arms.flatMap(({ policy }) => (policy === null ? [] : [[policy.name, policy.published ?? []]])),
  );
  const rows = [...kinds].flatMap(([policy, published]) =>
    published.map((one) => [
      cell(policy),
      cell(one.claim, one.source),
      cell(one.against),
      cell(one.setUp),
      oursCell(policy, one, summary, plan),
    ]),
  );
  if (rows.length === 0) return [];
  const compression = timeCompressionText(plan);
  return [
    {
      title: 'Published numbers beside ours',
      parts: [
        {
          kind: 'table',
          table: {
            caption: `What was published, where, and the nearest that this experiment measured${compression === '' ? '' : `, ${compression}`}`,
            columns: columns(
              ['policy', 'published', 'against', 'set-up there', 'here'],
              ['published', 'against', 'set-up there', 'here'],
            ),
            rows,
            folded: false,
          },
        },
        {
          kind: 'text',
          text: 'Another application, machine, load and tuning: a published number is no target, and missing it shows nothing. Savings in limits, memory, replicas or requests are not comparable with each other.',
        },
      ],
    },
  ];
}

/** Of the first pair of arms with the two policies, a comparison if the profile named one, else the medians. */
function oursCell(policy: string, { comparable }: PublishedResult, summary: Summary, plan: Plan): Cell {
  if (comparable === undefined) return cell('not measured');
  const { metric, against } = comparable;
  const armsOf = (kind: string): readonly string[] =>
    plan.arms.flatMap((arm) => (arm.policy?.name === kind ? [arm.name] : []));
  const [own, other] = [armsOf(policy), armsOf(against)];
  const comparison = summary.comparisons.find(
    (one) =>
      one.metric === metric &&
      ((own.includes(one.arm) && other.includes(one.against)) ||
        (own.includes(one.against) && other.includes(one.arm))),
  );
  if (comparison !== undefined) return comparisonCell(comparison, own.includes(comparison.arm));
  const [first, second] = [own[0], other[0]];
  if (first === undefined || second === undefined) return cell('not measured', `no arm with policy ${against}`);
  const [value, against_] = [first, second].map((arm) => valuesOf(summary, arm, null, metric));
  if (!value || !against_) return cell('not measured', metricLabel(metric));
  return cell(
    `${metricLabel(metric)}: ${formatMetric(value.median, metric)} against ${formatMetric(against_.median, metric)}`,
    `medians of ${first} and ${second}; no hypothesis`,
  );
}

/** @param isStraight false if the hypothesis is the other way round */
function comparisonCell(comparison: Comparison, isStraight: boolean): Cell {
  const { metric, medianDifference, interval, relativeDifference, arm, against, load } = comparison;
  if (medianDifference === null) return cell('not measured', metricLabel(metric));
  const difference = isStraight ? medianDifference : negate(medianDifference);
  const ends = interval === null || isStraight ? interval : negated(interval);
  const pair = isStraight ? `${arm} − ${against}` : `${against} − ${arm}`;
  return cell(
    `${metricLabel(metric)}: ${formatDifference(difference, metric)}${ends === null ? '' : ` ${formatInterval(ends, metric, difference)}`}`,
    [
      pair,
      ...(load === null ? [] : [`load ${load}`]),
      // The other way round it would be relative to another arm.
      ...(isStraight ? [`${relativeText(relativeDifference)} relative`] : []),
      ends === null ? 'no interval' : `at ${formatShare(ends.level)}`,
    ].join(', '),
  );
}
