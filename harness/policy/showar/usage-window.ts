/** Mean and spread of the usage in a window, and the size that follows from them. In the unit of the usage. */
export interface UsageEstimate {
  readonly mean: number;
  /** Of the population: divided by n. */
  readonly sigma: number;
  /** mean + k sigma. */
  readonly estimate: number;
  /** Samples that had a value. */
  readonly samples: number;
}

/**
 * The last samples of the usage of one resource. The paper keeps mean and variance recursively; here they are computed again from the ring, which
 * gives the same without the dust of many subtractions.
 */
export class UsageWindow {
  readonly #capacity: number;
  #ring: (readonly number[])[] = [];
  #next = 0;

  /** @param capacity samples that it holds, at least 1 */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** @param values of one sample: one for each replica, or their mean; none if nothing was measured */
  push(values: readonly number[]): void {
    this.#ring[this.#next] = values;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  get isFull(): boolean {
    return this.#ring.length === this.#capacity;
  }

  /** mu + k sigma (three-sigma paragraph). Null if nothing was measured in the window. */
  estimate(k: number): UsageEstimate | null {
    let count = 0;
    let samples = 0;
    let sum = 0;
    for (const values of this.#ring) {
      if (values.length > 0) samples++;
      for (const value of values) {
        count++;
        sum += value;
      }
    }
    if (count === 0) return null;
    const mean = sum / count;
    let squares = 0;
    for (const values of this.#ring) for (const value of values) squares += (value - mean) ** 2;
    const sigma = Math.sqrt(squares / count);
    return { mean, sigma, estimate: mean + k * sigma, samples };
  }
}
