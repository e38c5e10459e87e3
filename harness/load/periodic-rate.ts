import type { RateCurve } from './rate-curve.ts';

/** `amplitude cos(2 pi times (t - peak) / period)`. */
export interface Harmonic {
  readonly amplitudePerSecond: number;
  /** So many times in a period. */
  readonly times: number;
  /** When it is highest, as a share of the period. */
  readonly peak: number;
}

/** A mean and a few harmonics. The integral is in closed form; its inverse is found by Newton's method between bounds. */
export class PeriodicRate implements RateCurve {
  readonly #periodMs: number;
  readonly #meanPerSecond: number;
  readonly #harmonics: readonly Harmonic[];
  readonly #perPeriod: number;

  /** The rate must not be negative anywhere. */
  constructor(periodMs: number, meanPerSecond: number, harmonics: readonly Harmonic[]) {
    this.#periodMs = periodMs;
    this.#meanPerSecond = meanPerSecond;
    this.#harmonics = harmonics;
    this.#perPeriod = (meanPerSecond * periodMs) / 1000;
  }

  rateAt(ms: number): number {
    const x = (ms / this.#periodMs) % 1;
    let rate = this.#meanPerSecond;
    for (const { amplitudePerSecond, times, peak } of this.#harmonics) {
      rate += amplitudePerSecond * Math.cos(2 * Math.PI * times * (x - peak));
    }
    return Math.max(0, rate);
  }

  cumulative(ms: number): number {
    const whole = Math.floor(ms / this.#periodMs);
    return whole * this.#perPeriod + this.#within(ms - whole * this.#periodMs);
  }

  inverse(expected: number): number {
    if (expected <= 0) return 0;
    if (this.#perPeriod === 0) return Infinity;
    const whole = Math.floor(expected / this.#perPeriod);
    return whole * this.#periodMs + this.#inverseWithin(expected - whole * this.#perPeriod);
  }

  /** Expected arrivals from the start of a period on. */
  #within(ms: number): number {
    let sum = this.#meanPerSecond * ms;
    for (const { amplitudePerSecond, times, peak } of this.#harmonics) {
      const turn = 2 * Math.PI * times;
      sum +=
        ((amplitudePerSecond * this.#periodMs) / turn) *
        (Math.sin(turn * (ms / this.#periodMs - peak)) + Math.sin(turn * peak));
    }
    return sum / 1000;
  }

  /** To the last bit that the integral can tell apart. */
  #inverseWithin(expected: number): number {
    let [low, high] = [0, this.#periodMs];
    let ms = (expected / this.#perPeriod) * this.#periodMs;
    for (let round = 0; round < 200; round++) {
      const excess = this.#within(ms) - expected;
      if (excess === 0) return ms;
      if (excess > 0) high = ms;
      else low = ms;
      const newton = ms - (1000 * excess) / this.rateAt(ms);
      // Where the rate is near 0 Newton's step leaves the bounds; halving does not.
      const next = newton > low && newton < high ? newton : low + (high - low) / 2;
      if (next === ms || next <= low || next >= high) return next;
      ms = next;
    }
    return ms;
  }
}
