import type { Comparison, Extended, Spread } from '../analysis/summary.ts';
import { formatNumber, formatSeconds, formatShare } from '../core/units.ts';
import { unreachable } from '../core/unreachable.ts';
import { type MetricName, metricUnit } from '../plan/plan.ts';

/** A proper minus sign instead of a hyphen. */
const withMinus = (text: string): string => text.replace(/^-/, '\u2212');

/** A value of a metric: `61.0 µs`; for `total`, wait seconds per second, `1.25 s/s`; a share as `3.20 %`, CPU as `0.850 cores`. */
export function formatMetric(value: number, metric: MetricName): string {
  const unit = metricUnit(metric);
  switch (unit) {
    case 'seconds':
      return withMinus(formatSeconds(value));
    case 'seconds-per-second':
      return `${withMinus(formatSeconds(value))}/s`;
    case 'share':
      return withMinus(formatShare(value));
    case 'cores':
      return `${withMinus(formatNumber(value))} cores`;
    case 'core-seconds':
      return `${withMinus(formatNumber(value))} core-s`;
    case 'gigabyte-seconds':
      return `${withMinus(formatNumber(value))} GB-s`;
    case 'replica-seconds':
      return `${withMinus(formatNumber(value))} replica-s`;
    case 'money':
      return withMinus(formatNumber(value));
    case 'count':
      return withMinus(Number.isInteger(value) ? value.toString() : formatNumber(value));
    default:
      return unreachable(unit);
  }
}

/** The size of a difference, with a minus if it is below 0: as a value, but that shares differ by percentage points. */
export function formatSize(size: number, metric: MetricName): string {
  return metricUnit(metric) === 'share'
    ? `${withMinus(formatNumber(size * 100))} percentage points`
    : formatMetric(size, metric);
}

/** A difference of a metric with its sign: `+41.0 µs`, `−3.20 ms`, `0 s`; unbounded ones as `unbounded`. */
export function formatDifference(difference: Extended, metric: MetricName): string {
  if (typeof difference === 'string') return 'unbounded';
  return difference > 0 ? `+${formatSize(difference, metric)}` : formatSize(difference, metric);
}

/**
 * The interval behind a difference: `[12.0, 95.0]` where the unit is that of the difference, else with units. An end that only
 * failed trials reach is `unbounded`; if even the nearer end is, it says on which side.
 */
export function formatInterval(
  interval: { readonly low: Extended; readonly high: Extended },
  metric: MetricName,
  beside: Extended | null,
): string {
  const text = (end: Extended, side: 'low' | 'high'): string =>
    typeof end === 'number' ? formatSize(end, metric) : endText(end, side);
  const [low, high] = [text(interval.low, 'low'), text(interval.high, 'high')];
  const unit = typeof beside === 'number' ? unitOf(formatSize(beside, metric)) : null;
  const numbers = [interval.low, interval.high].filter((end) => typeof end === 'number' && end !== 0);
  const shared =
    unit !== null && numbers.every((end) => typeof end === 'number' && unitOf(formatSize(end, metric)) === unit);
  return `[${[low, high].map((end) => (shared ? withoutUnit(end) : end)).join(', ')}]`;
}

/** An interval that stands alone: `[−3.00, 4.00] core-s`, with units inside where its ends have different ones. */
export function formatSharedInterval(
  interval: { readonly low: Extended; readonly high: Extended },
  metric: MetricName,
): string {
  const known = [interval.low, interval.high].find((end) => typeof end === 'number' && end !== 0);
  const text = formatInterval(interval, metric, known ?? null);
  const unit = typeof known === 'number' ? unitOf(formatSize(known, metric)) : '';
  return text.includes(unit) ? text : `${text} ${unit}`;
}

/** An end of an interval that only failed trials reach. */
export function endText(end: Exclude<Extended, number>, side: 'low' | 'high'): string {
  if (end === 'infinity') return side === 'high' ? 'unbounded' : 'above any number';
  return side === 'low' ? 'unbounded' : 'below any number';
}

const unitOf = (text: string): string => text.slice(text.indexOf(' ') + 1);
const withoutUnit = (text: string): string => text.replace(/^(\u2212?\d[\d.]*) .*$/, '$1');

/** The same interval of the difference taken the other way round. */
export function negated(interval: NonNullable<Comparison['interval']>): NonNullable<Comparison['interval']> {
  return { low: negate(interval.high), high: negate(interval.low), level: interval.level };
}

export function negate(value: Extended): Extended {
  if (value === 'infinity') return '-infinity';
  if (value === '-infinity') return 'infinity';
  // 0 - value, because the negation of 0 would print as a negative zero.
  return 0 - value;
}

/** `0.0078`, and `< 0.0001` for anything smaller. */
export const formatP = (p: number): string => (p < 0.0001 ? '< 0.0001' : p.toFixed(4));

/** A median with the range behind it, as two texts; `–` where no trial has the number. */
export function formatSpread(
  spread: Spread | null,
  format: (value: number) => string,
): { readonly text: string; readonly detail: string } {
  if (spread === null) return { text: '–', detail: '' };
  return { text: format(spread.median), detail: rangeText(format(spread.low), format(spread.high)) };
}

/** `10.0 to 30.0 µs`, with one unit where one is enough. */
export function rangeText(low: string, high: string): string {
  return `${unitOf(low) === unitOf(high) ? withoutUnit(low) : low} to ${high}`;
}

/** A share of a core: `0.41 %` of one core. */
export const formatCores = (cores: number): string => `${formatNumber(cores * 100)} %`;

const byteSteps = [
  [1024 ** 3, 'GiB'],
  [1024 ** 2, 'MiB'],
  [1024, 'KiB'],
] as const;

/** `31.4 MiB`. */
export function formatBytes(bytes: number): string {
  const step = byteSteps.find(([size]) => bytes >= size);
  return step === undefined ? `${bytes} B` : `${formatNumber(bytes / step[0])} ${step[1]}`;
}
