import type { NoiseFloor, Summary } from '../analysis/summary.ts';
import type { MetricName } from '../plan/plan.ts';
import { formatSharedInterval } from './number-text.ts';

export const noiseOf = ({ noise }: Pick<Summary, 'noise'>, metric: MetricName): NoiseFloor | null =>
  noise.find((floor) => floor.metric === metric) ?? null;

/** `[−3.00, 4.00] core-s`. */
export const noiseInterval = ({ low, high, metric }: NoiseFloor): string => formatSharedInterval({ low, high }, metric);

/** `two equal arms differ by [−3.00, 4.00] core-s here`. */
export const noiseText = (noise: NoiseFloor): string => `two equal arms differ by ${noiseInterval(noise)} here`;
