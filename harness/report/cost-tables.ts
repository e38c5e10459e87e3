import { spreadOf } from '../analysis/spread.ts';
import type { Spread, Summary } from '../analysis/summary.ts';
import type { MetricName, Plan } from '../plan/plan.ts';
import { cell, columns, type Section, type SectionPart, type Table } from './document.ts';
import { measuredText } from './figure/figure-words.ts';
import { formatMetric, formatSpread } from './number-text.ts';
import { metricLabel, timeCompressionText } from './wording.ts';

/** What the arms took and what they missed, in this order. */
const shown: readonly MetricName[] = [
  'core-seconds',
  'core-seconds-requested',
  'core-seconds-used',
  'gigabyte-seconds',
  'replica-seconds',
  'cost',
  'violation-share',
  'violation-seconds',
  'longest-violation',
  'violation-area',
  'application-throttled-share',
  'oom-kills',
  'actions',
  'reversals',
];

/** Cost and violations of each arm, load by load. */
export function costSection(summary: Summary, plan: Plan): Section {
  const title = 'Cost and violations';
  const metrics = shown.filter((metric) => summary.arms.some((arm) => arm.metrics[metric] !== null));
  if (metrics.length === 0) return { title, parts: [{ kind: 'text', text: 'No valid trial has a cost.' }] };
  const loads = plan.loads.length < 2 ? [null] : plan.loads.map(({ name }) => name);
  return {
    title,
    parts: [
      ...loads.map((load): SectionPart => ({ kind: 'table', table: costTable(load, metrics, summary, plan) })),
      {
        kind: 'text',
        text: `Core-seconds, GB-seconds and replica-seconds are integrals over time of what all fronts and services had reserved by their limits, stores left out; core-seconds by request and used of what they asked for and what they burned. ${plan.prices === null ? 'The profile has no prices, so nothing is priced.' : `Cost is at the prices of the profile: ${plan.prices.coreHour} for a core and ${plan.prices.gigabyteHour} for 10^9 bytes, for an hour.`} Violations are requests; time in violation, the longest violation and the violation area (how far the p99 was above the objective, relative to it, times how long) are by samples.${plan.timeCompression === 1 ? '' : ' Times and integrals are of compressed trials.'}`,
      },
    ],
  };
}

function costTable(load: string | null, metrics: readonly MetricName[], summary: Summary, plan: Plan): Table {
  const compression = timeCompressionText(plan);
  const under = load === null ? '' : `Under load ${load}: o`;
  return {
    caption: `${under === '' ? 'O' : under}ver ${measuredText(plan)}${compression === '' ? '' : `, ${compression}`}: median of the valid trials and their range`,
    columns: columns(['metric', ...summary.arms.map(({ name }) => name)]),
    rows: [
      ...metrics.map((metric) => [
        cell(metricLabel(metric)),
        ...summary.arms.map(({ name }) =>
          formatSpread(valuesOf(summary, name, load, metric), (value) => formatMetric(value, metric)),
        ),
      ]),
      [
        cell('valid trials'),
        ...summary.arms.map(({ name }) =>
          cell(summary.trials.filter((trial) => trial.arm === name && isCounted(trial, load)).length),
        ),
      ],
    ],
    folded: false,
  };
}

/** Over the valid trials of an arm under a load, or under all of them. */
export function valuesOf(
  { trials }: Pick<Summary, 'trials'>,
  arm: string,
  load: string | null,
  metric: MetricName,
): Spread | null {
  const own = trials.filter((trial) => trial.arm === arm && isCounted(trial, load));
  return spreadOf(own.map(({ metrics }) => metrics?.values[metric] ?? null));
}

const isCounted = ({ load, counted, verdict }: Summary['trials'][number], wanted: string | null): boolean =>
  counted && verdict.kind === 'valid' && (wanted === null || load === wanted);
