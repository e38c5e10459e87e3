/**
 * Numbers drawn from the seed of a request, the same in every program that handles it: here, and in C in the twin
 * (`deathstarbench/twin/draw.c`). A draw depends on the seed and on its own number alone, so that nobody's order matters.
 */

/** The finalizer of MurmurHash3: every bit of the input changes half of those of the output. 32 bits without sign. */
export function mix32(value: number): number {
  let bits = value >>> 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return (bits ^ (bits >>> 16)) >>> 0;
}

/** A new seed for one purpose under a seed. @param number from 0 */
export function deriveDraw(seed: number, number: number): number {
  return mix32((seed >>> 0) ^ mix32(number + 0x9e3779b9));
}

/** Uniform in (0, 1): never 0, so that its logarithm is finite. */
export function uniformDraw(seed: number, number: number): number {
  return (deriveDraw(seed, number) + 0.5) / 4294967296;
}
