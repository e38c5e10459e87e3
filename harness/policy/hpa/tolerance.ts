/** How far from 1 a ratio may be without anything being done. Shares: 0.1 is 10 %. */
export interface Tolerance {
  readonly up: number;
  readonly down: number;
  /**
   * `band`: from 1 - down to 1 + up, since Kubernetes 1.33. `distance`: |1 - ratio| before. In double arithmetic they differ at the border:
   * |1 - 1.1| is above 0.1, and 1.1 is not above 1 + 0.1.
   */
  readonly form: 'band' | 'distance';
}

/** Borders are within. */
export function isWithinTolerance(ratio: number, { up, down, form }: Tolerance): boolean {
  if (form === 'band') return 1 - down <= ratio && ratio <= 1 + up;
  return Math.abs(1 - ratio) <= (ratio > 1 ? up : down);
}
