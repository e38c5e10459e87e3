import { unreachable } from '../core/unreachable.ts';
import type { Load, RateShape } from '../profile/load.ts';

/** How long one must look at a load to have seen all of it: its shape once, and thirty bursts. In whole seconds, from a minute on. */
export function naturalDurationMs({ rate, arrivals }: Load): number {
  const burstsMs = arrivals.kind === 'bursty' ? 30 * (arrivals.burstMs + arrivals.calmMs) : 0;
  const ms = Math.max(60_000, burstsMs, shapeMs(rate));
  return Math.ceil(ms / 1000) * 1000;
}

function shapeMs(rate: RateShape): number {
  switch (rate.kind) {
    case 'constant':
      return 0;
    case 'steps':
      return rate.steps.reduce((sum, { durationMs }) => sum + durationMs, 0);
    case 'ramp':
      return 1.25 * rate.durationMs;
    case 'sine':
      return 2 * rate.periodMs;
    case 'diurnal':
      return rate.dayMs;
    case 'spike':
      return 1.25 * (rate.atMs + rate.riseMs + rate.holdMs + rate.fallMs);
    case 'trace':
      return rate.perSecond.length * rate.stepMs;
    default:
      return unreachable(rate);
  }
}
