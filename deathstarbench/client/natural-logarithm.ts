/**
 * Natural logarithm, to 2 units in the last place, in nothing but sums, products and quotients: libraries differ in the last bit of theirs,
 * and the twin (`draw.c`) must draw the same numbers.
 * @param x in (0, 1]
 */
export function naturalLogarithm(x: number): number {
  let mantissa = x;
  let exponent = 0;
  while (mantissa < 0.7071067811865476) {
    mantissa *= 2;
    exponent -= 1;
  }
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  let sum = 0;
  // ln x = 2 (s + s^3 / 3 + s^5 / 5 + ...), |s| at most 0.1716: what is left out is below 1e-20.
  for (let term = 25; term >= 1; term -= 2) sum = sum * z + 1 / term;
  return exponent * 0.6931471805599453 + 2 * s * sum;
}
