/** What a trial is judged by. `p50` to `p99` need a histogram; `mean` and `total` (wait seconds per second) do not. */
export const waitStatistics = ['p50', 'p95', 'p99', 'mean', 'total'] as const;
export type WaitStatistic = (typeof waitStatistics)[number];
export const waitGroups = ['canary', 'all'] as const;
export type WaitGroup = (typeof waitGroups)[number];
export type MetricName = `${WaitGroup}-wait-${WaitStatistic}`;
export const metricNames: readonly MetricName[] = waitGroups.flatMap((group) =>
  waitStatistics.map((statistic): MetricName => `${group}-wait-${statistic}`),
);

/** True for a metric of the canary alone, which needs a profile with a canary. */
export const isCanaryMetric = (metric: MetricName): boolean => metric.startsWith('canary-');

/** True for a quantile: a source without a histogram, such as schedstat, cannot give it. */
export const needsHistogram = (metric: MetricName): boolean => /-p\d+$/.test(metric);
