import type { RateCurve } from './rate-curve.ts';

/**
 * How much counts of arrivals vary from window to window.
 *
 * `aroundMean` is the index of dispersion of counts: variance over mean. `aroundRate` takes the squared distance of each count from what
 * the rate lets expect, over the sum of what was expected: a varying rate is then no dispersion. Both are 1 for a Poisson process (of a
 * constant rate, of any), 0 for even arrivals, above 1 for bursts.
 */
export interface Dispersion {
  readonly windowMs: number;
  /** Whole windows in the schedule. */
  readonly windows: number;
  /** Null with fewer than two windows or without arrivals. */
  readonly aroundMean: number | null;
  readonly aroundRate: number | null;
}

/** Over the whole windows of a schedule. @param dueMs sorted */
export function dispersion(dueMs: Float64Array, durationMs: number, windowMs: number, curve: RateCurve): Dispersion {
  const windows = Math.floor(durationMs / windowMs);
  const counts = countsByWindow(dueMs, windowMs, windows);
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (windows < 2 || total === 0) return { windowMs, windows, aroundMean: null, aroundRate: null };
  const mean = total / windows;
  let [squares, distances, before] = [0, 0, 0];
  for (const [index, count] of counts.entries()) {
    const after = curve.cumulative((index + 1) * windowMs);
    squares += (count - mean) ** 2;
    distances += (count - (after - before)) ** 2;
    before = after;
  }
  return {
    windowMs,
    windows,
    aroundMean: squares / (windows - 1) / mean,
    aroundRate: before > 0 ? distances / before : null,
  };
}

export function countsByWindow(dueMs: Float64Array, windowMs: number, windows: number): Uint32Array {
  const counts = new Uint32Array(windows);
  for (const due of dueMs) {
    const window = Math.floor(due / windowMs);
    if (window >= windows) break;
    counts[window] = (counts[window] ?? 0) + 1;
  }
  return counts;
}

/**
 * The exact index of the two-state process at a constant rate (Fischer and Meier-Hellstern, The Markov-modulated Poisson process
 * cookbook, Performance Evaluation 18, 1993), as `aroundMean` estimates it.
 */
export function burstyDispersion(
  perSecond: number,
  { burstFactor, burstMs, calmMs }: { readonly burstFactor: number; readonly burstMs: number; readonly calmMs: number },
  windowMs: number,
): number {
  const burstShare = burstMs / (burstMs + calmMs);
  const calmPerMs = perSecond / 1000 / (burstShare * burstFactor + 1 - burstShare);
  const [leaveBurst, leaveCalm] = [1 / burstMs, 1 / calmMs];
  const both = leaveBurst + leaveCalm;
  const difference = calmPerMs * (burstFactor - 1);
  const variance = burstShare * (1 - burstShare) * difference ** 2;
  const meanPerMs = perSecond / 1000;
  // Covariance of the rate at distance t is variance e^(-both t); its double integral over the window is added to Poisson's own.
  const inWindow = 1 - (1 - Math.exp(-both * windowMs)) / (both * windowMs);
  return 1 + ((2 * variance) / (meanPerMs * both)) * inWindow;
}
