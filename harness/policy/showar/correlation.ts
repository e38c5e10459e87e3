/**
 * Pearson's correlation of two vectors over the places where both have a value. Null if one of them is constant there, or fewer than half of the
 * places are left: neither is evidence of anything.
 */
export function correlation(a: readonly (number | null)[], b: readonly (number | null)[]): number | null {
  const left: number[] = [];
  const right: number[] = [];
  a.forEach((value, place) => {
    const other = b[place] ?? null;
    if (value === null || other === null) return;
    left.push(value);
    right.push(other);
  });
  if (left.length < 2 || left.length < Math.max(a.length, b.length) / 2) return null;
  const [x, y] = [standardized(left), standardized(right)];
  if (x === null || y === null) return null;
  let [xx, yy, xy] = [0, 0, 0];
  x.forEach((deviation, place) => {
    const other = y[place] ?? 0;
    xx += deviation * deviation;
    yy += other * other;
    xy += deviation * other;
  });
  return Math.min(1, Math.max(-1, xy / Math.sqrt(xx * yy)));
}

/** Deviations from the mean, scaled so that the largest is 1, lest their squares vanish. Null if they are dust. */
function standardized(values: readonly number[]): number[] | null {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviations = values.map((value) => value - mean);
  const largest = largestOf(deviations);
  return largest <= 1e-9 * largestOf(values) ? null : deviations.map((deviation) => deviation / largest);
}

const largestOf = (values: readonly number[]): number =>
  values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
