import type { NoiseFloor, Summary } from '../analysis/summary.ts';
import type { MetricName } from '../plan/plan.ts';
import { formatInterval } from './number-text.ts';

export const noiseOf = ({ noise }: Pick<Summary, 'noise'>, metric: MetricName): NoiseFloor | null =>
  noise.find((floor) => floor.metric === metric) ?? null;

/** `two equal arms differ by [−3.00 core-s, 4.00 core-s] here`. */
export const noiseText = ({ low, high, metric }: NoiseFloor): string =>
  `two equal arms differ by ${formatInterval({ low, high }, metric, null)} here`;
