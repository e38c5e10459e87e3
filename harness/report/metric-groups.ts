import type { MetricName } from '../plan/plan.ts';

/** What an arm took. Less is better. The first that an experiment has stands for its cost. */
export const costMetrics = [
  'core-seconds',
  'core-seconds-requested',
  'core-seconds-used',
  'cost',
  'gigabyte-seconds',
  'replica-seconds',
  'cpu-cores',
] as const satisfies readonly MetricName[];
export type CostMetric = (typeof costMetrics)[number];

/** How far an arm missed the objective. Less is better. */
export const violationMetrics = [
  'violation-share',
  'violation-seconds',
  'violation-area',
  'longest-violation',
] as const satisfies readonly MetricName[];

export const isCostMetric = (metric: MetricName): metric is CostMetric => costMetrics.some((cost) => cost === metric);
export const isViolationMetric = (metric: MetricName): boolean => violationMetrics.some((one) => one === metric);
