import type { MetricName } from '../plan/plan.ts';

/** What an arm took. Less is better. The first that an experiment has stands for its cost. */
export const costMetrics: readonly MetricName[] = [
  'core-seconds',
  'core-seconds-requested',
  'core-seconds-used',
  'cost',
  'gigabyte-seconds',
  'replica-seconds',
  'cpu-cores',
];

/** How far an arm missed the objective. Less is better. */
export const violationMetrics: readonly MetricName[] = [
  'violation-share',
  'violation-seconds',
  'violation-area',
  'longest-violation',
];

export const isCostMetric = (metric: MetricName): boolean => costMetrics.includes(metric);
export const isViolationMetric = (metric: MetricName): boolean => violationMetrics.includes(metric);
