import type { RateCurve } from './rate-curve.ts';

/** A stretch of time on which the rate changes evenly. */
export interface RatePiece {
  /** 0 for a jump. Only that of the last piece is infinite, and it is constant. */
  readonly durationMs: number;
  readonly fromPerSecond: number;
  readonly toPerSecond: number;
}

/** A rate of straight pieces, one after the other. Its integral and the inverse of that are in closed form on each piece. */
export class PiecewiseRate implements RateCurve {
  /** By piece: when it begins, how many arrivals are expected before it, its first rate and its slope, per millisecond. */
  readonly #startMs: Float64Array;
  readonly #before: Float64Array;
  readonly #rate: Float64Array;
  readonly #slope: Float64Array;

  constructor(pieces: readonly RatePiece[]) {
    const kept = pieces.filter(({ durationMs }) => durationMs > 0);
    this.#startMs = new Float64Array(kept.length);
    this.#before = new Float64Array(kept.length);
    this.#rate = new Float64Array(kept.length);
    this.#slope = new Float64Array(kept.length);
    let [startMs, before] = [0, 0];
    for (const [index, { durationMs, fromPerSecond, toPerSecond }] of kept.entries()) {
      this.#startMs[index] = startMs;
      this.#before[index] = before;
      this.#rate[index] = fromPerSecond / 1000;
      this.#slope[index] = (toPerSecond - fromPerSecond) / 1000 / durationMs;
      startMs += durationMs;
      before += ((fromPerSecond + toPerSecond) / 2000) * durationMs;
    }
  }

  rateAt(ms: number): number {
    const { startMs, rate, slope } = this.#piece(lastBelow(this.#startMs, ms, true));
    return Math.max(0, 1000 * (rate + slope * (ms - startMs)));
  }

  cumulative(ms: number): number {
    const { startMs, before, rate, slope } = this.#piece(lastBelow(this.#startMs, ms, true));
    const sinceMs = ms - startMs;
    return before + sinceMs * (rate + (slope * sinceMs) / 2);
  }

  inverse(expected: number): number {
    if (expected <= 0) return 0;
    const index = lastBelow(this.#before, expected, false);
    const { startMs, before, rate, slope } = this.#piece(index);
    const wanted = expected - before;
    // The root of rate x + slope x^2 / 2 = wanted that does not subtract nearly equal numbers.
    const sinceMs =
      slope === 0 ? wanted / rate : (2 * wanted) / (rate + Math.sqrt(Math.max(0, rate * rate + 2 * slope * wanted)));
    return Math.min(startMs + sinceMs, this.#startMs[index + 1] ?? Infinity);
  }

  #piece(index: number): {
    readonly startMs: number;
    readonly before: number;
    readonly rate: number;
    readonly slope: number;
  } {
    return {
      startMs: this.#startMs[index] ?? 0,
      before: this.#before[index] ?? 0,
      rate: this.#rate[index] ?? 0,
      slope: this.#slope[index] ?? 0,
    };
  }
}

/** The last index whose number is below `value`, or with `orEqual` at most that; 0 if there is none. The numbers never fall. */
function lastBelow(numbers: Float64Array, value: number, orEqual: boolean): number {
  let [low, high] = [0, numbers.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const number = numbers[middle] ?? Infinity;
    if (number < value || (orEqual && number === value)) low = middle;
    else high = middle - 1;
  }
  return Math.max(0, low);
}
