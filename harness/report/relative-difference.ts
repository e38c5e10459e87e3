import type { Comparison, Extended, NoiseFloor } from '../analysis/summary.ts';
import { formatNumber } from '../core/units.ts';
import { endText, negate } from './number-text.ts';

/** A difference in percent of the level that it is a difference from, as texts without the unit. */
export interface RelativeDifference {
  readonly median: string;
  readonly interval: readonly [string, string] | null;
}

/** From here on a percentage of many digits says nothing. */
const mostTimes = 9;

/** Null where there is no level to divide by, or the difference is so many times as large. @param isTurned the other way round */
export function relativeOf(comparison: Comparison, isTurned: boolean): RelativeDifference | null {
  const { relativeDifference, interval } = comparison;
  const level = levelOf(comparison);
  if (relativeDifference === null || level === null || Math.abs(relativeDifference) >= mostTimes) return null;
  const turned = (end: Extended): Extended => (isTurned ? negate(end) : end);
  const [low, high] = isTurned ? [interval?.high, interval?.low] : [interval?.low, interval?.high];
  return {
    median: percent(turned(relativeDifference), 1, 'low'),
    interval:
      low === undefined || high === undefined
        ? null
        : [percent(turned(low), level, 'low'), percent(turned(high), level, 'high')],
  };
}

/** What two equal arms differ by, in percent of the level of a comparison; null without one. */
export function relativeNoise(comparison: Comparison, { low, high }: NoiseFloor): readonly [string, string] | null {
  const level = levelOf(comparison);
  return level === null ? null : [percent(low, level, 'low'), percent(high, level, 'high')];
}

function levelOf({ levels: { against } }: Comparison): number | null {
  return typeof against === 'number' && against > 0 ? against : null;
}

function percent(value: Extended, level: number, side: 'low' | 'high'): string {
  if (typeof value === 'number') return formatNumber((100 * value) / level).replace(/^-/, '\u2212');
  return endText(value, side);
}
