import type { Gains } from './pid.ts';

/**
 * How gains change while the controller runs. The paper says: on the last N = 10 outputs; in steps of 10 %; within [0, 10]; the band is
 * target (1 - a) to target (1 + a) with a = 10 %; far from the target raises kP and kI, a fluctuating metric lowers kD. It gives no formula.
 */
const outputsLookedAt = 10;
const bandShare = 0.1;
const step = 0.1;
const mostGain = 10;
/** How often the band has to be left and entered again to count as fluctuating (ours). */
const returnsOfFluctuation = 3;

/** Steps that it looks back. */
export const adaptationSteps = outputsLookedAt;

/**
 * A reading of ours: an observation that left the band and came back three times in the last ten steps fluctuates, and lowers kD; else, one
 * that is outside of the band now raises kP and kI. A change is a factor of exactly 0.9 or 1.1; one that would leave the range is not made.
 * @param observations in the order of the steps, the newest last; `target` in the same unit
 */
export function adaptGains(gains: Gains, observations: readonly number[], target: number): Gains {
  const isNear = (observation: number): boolean => Math.abs(observation - target) <= bandShare * target * (1 + 1e-9);
  const recent = observations.slice(-outputsLookedAt).map(isNear);
  if (returnsTo(recent) >= returnsOfFluctuation) return { ...gains, derivative: changed(gains.derivative, 1 - step) };
  if (recent.at(-1) !== false) return gains;
  return {
    ...gains,
    proportional: changed(gains.proportional, 1 + step),
    integral: changed(gains.integral, 1 + step),
  };
}

/** How often it was inside, went out, and came back. */
function returnsTo(inside: readonly boolean[]): number {
  const first = inside.indexOf(true);
  if (first < 0) return 0;
  return inside.slice(first).filter((now, index, all) => now && index > 0 && all[index - 1] === false).length;
}

function changed(gain: number, factor: number): number {
  const product = gain * factor;
  return product > mostGain ? gain : product;
}
