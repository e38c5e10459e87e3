import { exactDuration, formatNumber } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import {
  type ApplicationMetric,
  type MetricName,
  type Plan,
  type PlannedArm,
  type WaitGroup,
  type WaitMetric,
  waitMetrics,
  type WaitStatistic,
} from '../plan/plan.ts';
import { threadsOf } from '../plan/thread-count.ts';
import { printable } from './escape.ts';

/** A metric inside a sentence: `the canary’s p95 run-queue wait`. */
export function metricPhrase(metric: MetricName): string {
  if (!isWaitMetric(metric)) return applicationMetricPhrases[metric];
  const { group, statistic } = splitMetric(metric);
  const wait = statistic === 'total' ? 'total run-queue wait per second' : `${statistic} run-queue wait`;
  switch (group) {
    case 'canary':
      return `the canary’s ${wait}`;
    case 'application':
      return `the application’s ${wait}`;
    case 'all':
      return `the ${wait} of all tasks`;
    default:
      return unreachable(group);
  }
}

const applicationMetricPhrases: Readonly<Record<ApplicationMetric, string>> = {
  'latency-p50': 'the p50 latency',
  'latency-p95': 'the p95 latency',
  'latency-p99': 'the p99 latency',
  'latency-mean': 'the mean latency',
  'violation-share': 'the share of violations',
  'cpu-cores': 'the CPU that the application used',
  'latency-p999': 'the p99.9 latency',
  'violation-seconds': 'the time in violation',
  'longest-violation': 'the longest violation',
  'violation-area': 'the violation area',
  'core-seconds': 'the core-seconds by limit',
  'core-seconds-requested': 'the core-seconds by request',
  'core-seconds-used': 'the core-seconds used',
  'gigabyte-seconds': 'the GB-seconds by limit',
  'replica-seconds': 'the replica-seconds',
  cost: 'the cost',
  'application-throttled-share': 'the share of throttled periods',
  'oom-kills': 'the number of OOM kills',
  actions: 'the number of actions',
  reversals: 'the number of direction reversals',
};

const pluralMetrics: readonly MetricName[] = [
  'core-seconds',
  'core-seconds-requested',
  'core-seconds-used',
  'gigabyte-seconds',
  'replica-seconds',
];

/** The verb behind `metricPhrase`: `is`, but `are` for what is counted in seconds of something. */
export const metricVerb = (metric: MetricName, verb: 'is' | 'differs' | 'ranks'): string =>
  pluralMetrics.includes(metric) ? { is: 'are', differs: 'differ', ranks: 'rank' }[verb] : verb;

/** A metric in a table: `canary p95`. */
export function metricLabel(metric: MetricName): string {
  if (!isWaitMetric(metric)) return applicationMetricLabels[metric];
  const { group, statistic } = splitMetric(metric);
  return `${populationWords[group]} ${statistic}`;
}

const populationWords: Readonly<Record<WaitGroup, string>> = {
  canary: 'canary',
  application: 'application wait',
  all: 'all tasks',
};

const applicationMetricLabels: Readonly<Record<ApplicationMetric, string>> = {
  'latency-p50': 'latency p50',
  'latency-p95': 'latency p95',
  'latency-p99': 'latency p99',
  'latency-mean': 'latency mean',
  'violation-share': 'violations',
  'cpu-cores': 'CPU used',
  'latency-p999': 'latency p99.9',
  'violation-seconds': 'time in violation',
  'longest-violation': 'longest violation',
  'violation-area': 'violation area',
  'core-seconds': 'core-seconds',
  'core-seconds-requested': 'core-seconds by request',
  'core-seconds-used': 'core-seconds used',
  'gigabyte-seconds': 'GB-seconds',
  'replica-seconds': 'replica-seconds',
  cost: 'cost',
  'application-throttled-share': 'throttled',
  'oom-kills': 'OOM kills',
  actions: 'actions',
  reversals: 'reversals',
};

export const isWaitMetric = (metric: MetricName): metric is WaitMetric => waitMetrics.some((wait) => wait === metric);

export function splitMetric(metric: WaitMetric): { readonly group: WaitGroup; readonly statistic: WaitStatistic } {
  const [group, , statistic] = metric.split('-');
  // What the name of such a metric is made of.
  return { group: group as WaitGroup, statistic: statistic as WaitStatistic };
}

/** What an arm does to the machine: `one busy thread`, `2 busy threads per core (4 threads)`, or null for nothing. */
export function disturbancePhrase(arm: PlannedArm | undefined, cores: number): string | null {
  const count = arm?.disturbances.cpu ?? null;
  if (count === null) return null;
  if ('threads' in count) return busyThreads(count.threads);
  const total = threadsOf(count, cores);
  return `${busyThreads(count.timesCores)} per core (${formatCount(total)} thread${total === 1 ? '' : 's'})`;
}

const words = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];

function busyThreads(count: number): string {
  return `${words[count] ?? formatCount(count)} busy thread${count === 1 ? '' : 's'}`;
}

/** `3`, and `2.50` where a count is no whole number. */
export const formatCount = (count: number): string =>
  Number.isInteger(count) ? count.toString() : formatNumber(count);

export { plural } from '../core/plural.ts';

/** Behind numbers of an arm, which are over all its trials: whatever their load was. */
export const acrossLoads = ({ loads }: Pick<Plan, 'loads'>): string => (loads.length > 1 ? ', all loads together' : '');

/** Behind every result of an experiment whose time was compressed; nothing in real time. */
export const timeCompressionText = ({ timeCompression }: Pick<Plan, 'timeCompression'>): string =>
  timeCompression === 1 ? '' : `time compressed ${formatCount(timeCompression)} times`;

/** Behind numbers and captions over the trials of an arm: all that they were pooled over and set to. */
export function behindResults(plan: Pick<Plan, 'loads' | 'timeCompression'>): string {
  const compression = timeCompressionText(plan);
  return `${acrossLoads(plan)}${compression === '' ? '' : `, ${compression}`}`;
}

/** The objective as the profile writes it. */
export const objectiveText = ({ sloMs }: { readonly sloMs: number }): string => exactDuration(sloMs);

/** A name from the profile as it stands in a sentence. */
export const named = (name: string): string => `“${printable(name)}”`;

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
