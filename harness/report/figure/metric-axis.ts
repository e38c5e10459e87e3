import { type MetricName, metricUnit, type MetricUnit } from '../../plan/plan.ts';
import { microsLabel } from './arm-grid.ts';

/** How a metric stands on an axis. */
export interface MetricAxis {
  /** Units of the axis by the unit of the metric. */
  readonly perUnit: number;
  /** A Vega expression that writes one value. */
  readonly label: string;
  /** What stands behind the name of the metric, where the labels have no unit. */
  readonly words: string;
}

const plainLabel = "format(datum.value, ',~g')";
const plain = (words: string): MetricAxis => ({ perUnit: 1, label: plainLabel, words });

const axes: Readonly<Record<MetricUnit, MetricAxis>> = {
  seconds: { perUnit: 1e6, label: microsLabel, words: '' },
  'seconds-per-second': { perUnit: 1e6, label: microsLabel, words: ' per second' },
  share: { perUnit: 100, label: plainLabel, words: ', percent' },
  cores: plain(', cores'),
  'core-seconds': plain(''),
  'gigabyte-seconds': plain(''),
  'replica-seconds': plain(''),
  money: plain(', money'),
  count: plain(''),
};

export const metricAxis = (metric: MetricName): MetricAxis => axes[metricUnit(metric)];

/** The same for differences: shares differ by percentage points. */
export function differenceAxis(metric: MetricName): MetricAxis {
  const axis = metricAxis(metric);
  return metricUnit(metric) === 'share' ? { ...axis, words: ', percentage points' } : axis;
}

/** The label of a difference, with its sign. */
export const signedLabel = (label: string): string =>
  `(datum.value > 0 ? '+' : datum.value < 0 ? '−' : '') + (datum.value === 0 ? '0' : ${label.replaceAll('datum.value', 'abs(datum.value)')})`;
