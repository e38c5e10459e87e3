import { stream } from '../core/random.ts';
import { unreachable } from '../core/unreachable.ts';
import type { ArrivalProcess } from '../profile/load.ts';
import type { RateCurve } from './rate-curve.ts';

/** The next instant at which a request arrives, in milliseconds, never before the one before it; Infinity when no more come. */
export type Arrivals = () => number;

/**
 * Arrivals one by one. A process of unit rate is drawn and mapped through the inverse of the cumulative rate (Cinlar, Introduction to
 * Stochastic Processes, 1975, theorem 4.7.2), so that it has exactly that rate. Nothing depends on how many are asked for.
 */
export function arrivals(process: ArrivalProcess, curve: RateCurve, seed: number): Arrivals {
  switch (process.kind) {
    case 'poisson': {
      const random = stream(seed, 'arrivals');
      let expected = 0;
      return () => curve.inverse((expected += random.exponential(1)));
    }
    case 'even': {
      let count = 0;
      return () => curve.inverse(++count - 0.5);
    }
    case 'bursty':
      return burstyArrivals(process, curve, seed);
    case 'instants': {
      const { atMs } = process;
      let next = 0;
      return () => atMs[next++] ?? Infinity;
    }
    default:
      return unreachable(process);
  }
}

/**
 * A Poisson process whose rate is the curve times a factor that a Markov chain of two states chooses. The factors have a mean of 1 in
 * the long run, in which the chain also starts; so the mean over all seeds is the curve at any time.
 */
function burstyArrivals(
  { burstFactor, burstMs, calmMs }: ArrivalProcess & { readonly kind: 'bursty' },
  curve: RateCurve,
  seed: number,
): Arrivals {
  const random = stream(seed, 'arrivals');
  // A stream of their own: the same bursts at any rate.
  const states = stream(seed, 'arrivals/bursts');
  const burstShare = burstMs / (burstMs + calmMs);
  const calmLevel = 1 / (burstShare * burstFactor + 1 - burstShare);
  let isBurst = states.uniform() < burstShare;
  let fromMs = 0;
  let toMs = states.exponential(isBurst ? burstMs : calmMs);
  /** By the curve alone, at the last arrival or at the last change of state. */
  let expected = 0;
  let wanted = random.exponential(1);
  return () => {
    for (;;) {
      const level = isBurst ? burstFactor * calmLevel : calmLevel;
      const end = curve.cumulative(toMs);
      const left = level * (end - expected);
      if (wanted <= left) {
        expected += wanted / level;
        wanted = random.exponential(1);
        return Math.min(Math.max(fromMs, curve.inverse(expected)), toMs);
      }
      // Where the rate stays 0 for ever, nobody arrives any more.
      if (left === 0 && curve.inverse(expected + 1) === Infinity) return Infinity;
      wanted -= left;
      expected = end;
      fromMs = toMs;
      isBurst = !isBurst;
      toMs = fromMs + states.exponential(isBurst ? burstMs : calmMs);
    }
  };
}
