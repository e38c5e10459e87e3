import type { Summary } from '../analysis/summary.ts';
import { type MetricName, metricNames, needsHistogram, type Plan } from '../plan/plan.ts';
import { printable } from './escape.ts';
import { costMetrics } from './metric-groups.ts';
import { formatMetric } from './number-text.ts';
import { behindResults, isWaitMetric, metricLabel } from './wording.ts';

/**
 * The arms of an experiment as a plain table for the end of a run: counts of trials, then the median over the trials of each
 * metric that any arm has. Without a line feed at its end.
 */
export function terminalTable(summary: Summary, plan: Plan): string {
  const metrics = metricNames.filter(
    (metric) => isShown(metric, summary, plan) && summary.arms.some((arm) => arm.metrics[metric] !== null),
  );
  const header = [
    `arm${behindResults(plan)}`,
    'valid',
    'failed',
    'invalid',
    ...metrics.map((metric) => (isWaitMetric(metric) ? metric.replace('-wait-', ' ') : metricLabel(metric))),
  ];
  const rows = summary.arms.map((arm) => [
    printable(arm.name),
    ...[arm.valid, arm.failed, arm.invalid].map(String),
    ...metrics.map((metric) => {
      const spread = arm.metrics[metric];
      return spread === null ? '–' : formatMetric(spread.median, metric);
    }),
  ]);
  const widths = header.map((label, column) =>
    Math.max(label.length, ...rows.map((row) => characters(row[column] ?? ''))),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((text, column) => {
        const padding = ' '.repeat((widths[column] ?? 0) - characters(text));
        return column === 0 ? text + padding : padding + text;
      })
      .join('  ')
      .trimEnd();
  return [header, ...rows].map(line).join('\n');
}

/** Of an application what its users notice and what it cost; of policies besides what they reserved and did. */
const shownOfApplication: readonly MetricName[] = [
  ...(['latency-p50', 'latency-p95', 'latency-p99', 'violation-share', 'cpu-cores'] as const),
];
const shownOfPolicies: readonly MetricName[] = ['latency-p99', 'violation-share', 'actions'];

/**
 * Quantiles where there is a histogram, else means; totals are for the report, so that a line fits a terminal. What a hypothesis of an
 * application is about is never left out.
 */
function isShown(
  metric: MetricName,
  { experiment, arms }: Summary,
  { application, arms: planned, hypotheses }: Plan,
): boolean {
  if (application === null)
    return isWaitMetric(metric) && needsHistogram(metric) === (experiment.source !== 'schedstat');
  if (hypotheses.some((hypothesis) => hypothesis.metric === metric)) return true;
  if (planned.every(({ policy }) => policy === null)) return shownOfApplication.includes(metric);
  const cost = costMetrics.find((one) => arms.some((arm) => arm.metrics[one] !== null));
  return metric === cost || shownOfPolicies.includes(metric);
}

const characters = (text: string): number => Array.from(text).length;
