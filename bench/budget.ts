/** A promise of the design (section 5), and what came of it. */
export interface Budget {
  readonly what: string;
  readonly promised: string;
  readonly measured: string;
  /** `undecided`: the interval holds both sides of the limit. `not measured`: the peer is not on this machine. */
  readonly outcome: 'met' | 'undecided' | 'missed' | 'not measured';
}

/** Whether a quantity that is known to lie between two numbers stays at or below a limit. */
export function judge(interval: { readonly low: number; readonly high: number }, limit: number): Budget['outcome'] {
  if (interval.high <= limit) return 'met';
  return interval.low > limit ? 'missed' : 'undecided';
}
