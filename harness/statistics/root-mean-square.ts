/**
 * The root mean square of differences whose true mean is 0, as those of an A/A experiment: a better estimate of their spread than a
 * standard deviation about the sample mean, which estimates a mean that is known. Null without values.
 */
export function rootMeanSquare(differences: readonly number[]): number | null {
  if (differences.length === 0) return null;
  return Math.sqrt(differences.reduce((sum, value) => sum + value * value, 0) / differences.length);
}
