import { createHash } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** A random stream. Each purpose has its own, so that a new draw in one place shifts nothing elsewhere. */
export interface Random {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Exponential with the given mean, in the unit of the mean. */
  exponential(mean: number): number;
  /** The same elements in random order (Fisher-Yates); the argument is left alone. */
  shuffle<T>(items: readonly T[]): T[];
}

/**
 * The seed of a named purpose under a root seed: a 32-bit integer. Same inputs, same seed, on every platform.
 * @param seed any safe integer
 * @param name for example `order/block-3`
 */
export function deriveSeed(seed: number, name: string): number {
  return createHash('sha256').update(`${seed}/${name}`).digest().readInt32LE(0);
}

/** The stream of a named purpose under a root seed. */
export function stream(seed: number, name: string): Random {
  const generator = xoroshiro128plus(deriveSeed(seed, name));
  const uniform = (): number => uniformFloat64(generator);
  return {
    uniform,
    exponential: (mean) => -mean * Math.log1p(-uniform()),
    shuffle(items) {
      const shuffled = [...items];
      for (let last = shuffled.length - 1; last > 0; last--) {
        const chosen = Math.floor(uniform() * (last + 1));
        const [a, b] = [shuffled[last], shuffled[chosen]];
        // Both indices are within the array, so neither is missing.
        shuffled[last] = b as (typeof shuffled)[number];
        shuffled[chosen] = a as (typeof shuffled)[number];
      }
      return shuffled;
    },
  };
}
