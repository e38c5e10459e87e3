import type { MetricName, Plan, PlannedArm } from '../plan/plan.ts';
import { threadsOf } from '../plan/thread-count.ts';
import { formatNumber } from '../core/units.ts';
import { printable } from './escape.ts';

/** A metric inside a sentence: `the canary’s p95 run-queue wait`. */
export function metricPhrase(metric: MetricName): string {
  const { group, statistic } = splitMetric(metric);
  const wait = statistic === 'total' ? 'total run-queue wait per second' : `${statistic} run-queue wait`;
  return group === 'canary' ? `the canary’s ${wait}` : `the ${wait} of all tasks`;
}

/** A metric in a table: `canary p95`. */
export function metricLabel(metric: MetricName): string {
  const { group, statistic } = splitMetric(metric);
  return `${group === 'canary' ? 'canary' : 'all tasks'} ${statistic}`;
}

export function splitMetric(metric: MetricName): { readonly group: string; readonly statistic: string } {
  const [group = '', , statistic = ''] = metric.split('-');
  return { group, statistic };
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

/** A name from the profile as it stands in a sentence. */
export const named = (name: string): string => `“${printable(name)}”`;

export const capitalised = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
