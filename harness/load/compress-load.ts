import { HarnessError } from '../core/errors.ts';
import { unreachable } from '../core/unreachable.ts';
import type { ArrivalProcess, Load, RateShape } from '../profile/load.ts';

/**
 * The load with its time axis divided by k (design 4.8): what takes a minute takes 1/k minutes, and rates stay as they are.
 * @throws HarnessError `profile-invalid` if arrivals are instants, whose rate would change
 */
export function compressLoad(load: Load, k: number): Load {
  if (k === 1) return load;
  return { ...load, rate: compressRate(load.rate, k), arrivals: compressArrivals(load, k) };
}

function compressRate(rate: RateShape, k: number): RateShape {
  switch (rate.kind) {
    case 'constant':
      return rate;
    case 'steps':
      return { ...rate, steps: rate.steps.map((step) => ({ ...step, durationMs: step.durationMs / k })) };
    case 'ramp':
      return { ...rate, durationMs: rate.durationMs / k };
    case 'sine':
      return { ...rate, periodMs: rate.periodMs / k };
    case 'diurnal':
      return { ...rate, dayMs: rate.dayMs / k };
    case 'spike': {
      const { atMs, riseMs, holdMs, fallMs } = rate;
      return { ...rate, atMs: atMs / k, riseMs: riseMs / k, holdMs: holdMs / k, fallMs: fallMs / k };
    }
    case 'trace':
      return { ...rate, stepMs: rate.stepMs / k };
    default:
      return unreachable(rate);
  }
}

function compressArrivals({ name, arrivals }: Load, k: number): ArrivalProcess {
  switch (arrivals.kind) {
    case 'poisson':
    case 'even':
      return arrivals;
    case 'bursty':
      return { ...arrivals, burstMs: arrivals.burstMs / k, calmMs: arrivals.calmMs / k };
    case 'instants':
      throw new HarnessError(
        'profile-invalid',
        `The arrivals of the load ${name} are instants, which time compression by ${k} would bring ${k} times as often.`,
        { hint: 'Give it a rate and an arrival process, or leave timeCompression at 1.' },
      );
    default:
      return unreachable(arrivals);
  }
}
