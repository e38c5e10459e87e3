/** Where nothing is done. In the unit of the target; both ends belong to it. */
export interface DeadBand {
  readonly low: number;
  readonly high: number;
}

/** target (1 - alpha/2) to target (1 + alpha/2) (Algorithm 1). @param alpha its width, as a share of the target */
export function deadBand(target: number, alpha: number): DeadBand {
  return { low: target * (1 - alpha / 2), high: target * (1 + alpha / 2) };
}

/** Scale out above the band, in below it, nothing within. */
export function sideOf({ low, high }: DeadBand, value: number): 'out' | 'in' | null {
  // A value that is at an end but for its last bits is at the end.
  const dust = 1e-9 * high;
  if (value > high + dust) return 'out';
  return value < low - dust ? 'in' : null;
}
