/** What a trial is judged by. `p50` to `p99` need a histogram; `mean` and `total` (wait seconds per second) do not. */
export const waitStatistics = ['p50', 'p95', 'p99', 'mean', 'total'] as const;
export type WaitStatistic = (typeof waitStatistics)[number];
/** `application`: every replica of it. */
export const waitGroups = ['canary', 'all', 'application'] as const;
export type WaitGroup = (typeof waitGroups)[number];
export type WaitMetric = `${WaitGroup}-wait-${WaitStatistic}`;

/** Of the application under a load. */
export const applicationMetrics = [
  // From the due instant to the last byte, of every request that was due; one that was not answered with success took the time-out.
  'latency-p50',
  'latency-p95',
  'latency-p99',
  'latency-p999',
  'latency-mean',
  // Of the requests offered: answered too late, with an error, in time-out, or never sent.
  'violation-share',
  // CPU time that the application used, per second: cores.
  'cpu-cores',
  // Per second of the measured part in which the p99 latency of what was due in it is above the objective: policies.md 11.5.
  'violation-seconds',
  'longest-violation',
  // Integral over time of (p99 - objective)+ / objective, in seconds.
  'violation-area',
  // Integral over time of what was reserved or used: of all fronts and services, stores left out.
  'core-seconds',
  'core-seconds-requested',
  'core-seconds-used',
  'gigabyte-seconds',
  'replica-seconds',
  // At the prices of the profile: core-seconds and gigabyte-seconds by limit.
  'cost',
  'application-throttled-share',
  'oom-kills',
  'actions',
  'reversals',
] as const;
export type ApplicationMetric = (typeof applicationMetrics)[number];

export type MetricName = WaitMetric | ApplicationMetric;

export const waitMetrics: readonly WaitMetric[] = waitGroups.flatMap((group) =>
  waitStatistics.map((statistic): WaitMetric => `${group}-wait-${statistic}`),
);
export const metricNames: readonly MetricName[] = [...waitMetrics, ...applicationMetrics];

export type MetricUnit =
  | 'seconds'
  | 'seconds-per-second'
  | 'share'
  | 'cores'
  | 'core-seconds'
  | 'gigabyte-seconds'
  | 'replica-seconds'
  | 'money'
  | 'count';

/** Those that are no seconds. */
const otherUnits: Readonly<Partial<Record<MetricName, MetricUnit>>> = {
  'violation-share': 'share',
  'application-throttled-share': 'share',
  'cpu-cores': 'cores',
  'core-seconds': 'core-seconds',
  'core-seconds-requested': 'core-seconds',
  'core-seconds-used': 'core-seconds',
  'gigabyte-seconds': 'gigabyte-seconds',
  'replica-seconds': 'replica-seconds',
  cost: 'money',
  'oom-kills': 'count',
  actions: 'count',
  reversals: 'count',
};

export function metricUnit(metric: MetricName): MetricUnit {
  return otherUnits[metric] ?? (metric.endsWith('-total') ? 'seconds-per-second' : 'seconds');
}

/** True for a metric of the canary alone, which needs a profile with a canary. */
export const isCanaryMetric = (metric: MetricName): boolean => metric.startsWith('canary-');

/** True for what only a profile with an application has. */
export const isApplicationMetric = (metric: MetricName): boolean =>
  !metric.startsWith('canary-') && !metric.startsWith('all-');

/** True for a quantile of run-queue wait: a source without a histogram, such as schedstat, cannot give it. */
export const needsHistogram = (metric: MetricName): boolean => /-wait-p\d+$/.test(metric);

/** True for what a source of run-queue wait must be there for. */
export const isWaitMetric = (metric: MetricName): boolean => metric.includes('-wait-');
