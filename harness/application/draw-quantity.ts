import type { Distribution } from './application.ts';

/**
 * The whole number at the quantile `u` of a distribution. `deathstarbench/twin` has the same arithmetic in C, in doubles and in this
 * order, without fused operations; only `exp` and `log` may differ, in their last bit, and that shows only where a value lies within it
 * of a half.
 * @param u in (0, 1)
 */
export function drawQuantity(distribution: Distribution, u: number): number {
  switch (distribution.kind) {
    case 'constant':
      return distribution.value;
    case 'uniform':
      return distribution.low + Math.floor(u * (distribution.high - distribution.low + 1));
    case 'lognormal': {
      const value = distribution.median * Math.exp(distribution.sigma * inverseNormal(u));
      return Math.min(distribution.most, Math.floor(value + 0.5));
    }
  }
}

/**
 * Quantile of the standard normal distribution, relative error below 1.15e-9. Peter J. Acklam, "An algorithm for computing the inverse
 * normal cumulative distribution function" (2003), without the refinement step.
 * @param u in (0, 1)
 */
export function inverseNormal(u: number): number {
  const low = 0.02425;
  if (u < low) return tail(Math.sqrt(-2 * Math.log(u)));
  if (u > 1 - low) return -tail(Math.sqrt(-2 * Math.log(1 - u)));
  const q = u - 0.5;
  const r = q * q;
  const above =
    (((((-3.969683028665376e1 * r + 2.209460984245205e2) * r - 2.759285104469687e2) * r + 1.38357751867269e2) * r -
      3.066479806614716e1) *
      r +
      2.506628277459239) *
    q;
  const below =
    ((((-5.447609879822406e1 * r + 1.615858368580409e2) * r - 1.556989798598866e2) * r + 6.680131188771972e1) * r -
      1.328068155288572e1) *
      r +
    1;
  return above / below;
}

function tail(q: number): number {
  const above =
    ((((-7.784894002430293e-3 * q - 3.223964580411365e-1) * q - 2.400758277161838) * q - 2.549732539343734) * q +
      4.374664141464968) *
      q +
    2.938163982698783;
  const below =
    (((7.784695709041462e-3 * q + 3.224671290700398e-1) * q + 2.445134137142996) * q + 3.754408661907416) * q + 1;
  return above / below;
}
