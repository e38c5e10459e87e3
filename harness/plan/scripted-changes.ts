import { unreachable } from '../core/unreachable.ts';
import type { RateShape } from './plan.ts';

/** A change of the rate that the profile wrote down, as it takes place in a trial. */
export interface ScriptedChange {
  /** Its beginning, from the start of the trial. */
  readonly atMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/**
 * The steps, the two edges of a spike and the beginning of a ramp, in order, with the time axis divided by the compression. Shapes that
 * change all the time, and traces, have none.
 */
export function scriptedChanges(rate: RateShape, timeCompression: number): readonly ScriptedChange[] {
  return written(rate)
    .filter(({ fromPerSecond, toPerSecond }) => fromPerSecond !== toPerSecond)
    .map((change) => ({ ...change, atMs: change.atMs / timeCompression }));
}

function written(rate: RateShape): readonly ScriptedChange[] {
  switch (rate.kind) {
    case 'steps':
      return edgesOf(rate.steps);
    case 'spike': {
      const { basePerSecond: base, peakPerSecond: peak, atMs, riseMs, holdMs } = rate;
      return [
        { atMs, fromPerSecond: base, toPerSecond: peak },
        { atMs: atMs + riseMs + holdMs, fromPerSecond: peak, toPerSecond: base },
      ];
    }
    case 'ramp':
      return [{ atMs: 0, fromPerSecond: rate.fromPerSecond, toPerSecond: rate.toPerSecond }];
    case 'constant':
    case 'sine':
    case 'diurnal':
    case 'trace':
      return [];
    default:
      return unreachable(rate);
  }
}

function edgesOf(steps: Extract<RateShape, { readonly kind: 'steps' }>['steps']): readonly ScriptedChange[] {
  let atMs = 0;
  return steps.slice(1).map(({ perSecond }, index) => {
    const before = steps[index];
    atMs += before?.durationMs ?? 0;
    return { atMs, fromPerSecond: before?.perSecond ?? perSecond, toPerSecond: perSecond };
  });
}
