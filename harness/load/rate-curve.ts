/** A mean rate over time, and how many arrivals it makes. Times are milliseconds from the start of the trial, from 0 on. */
export interface RateCurve {
  /** Per second. At a jump the rate behind it. */
  rateAt(ms: number): number;
  /** Expected number of arrivals before this time: the integral of the rate. */
  cumulative(ms: number): number;
  /** When the expected number is reached for the first time; Infinity if never. The inverse of `cumulative` wherever the rate is not 0. */
  inverse(expected: number): number;
}
