/** The signed ranks of differences, doubled so that mid-ranks are whole numbers and their sums exact. */
export interface SignedRanks {
  /** Doubled mid-rank of the size of each difference, with its sign: 0 for a difference of 0, which takes a rank but has no sign. */
  readonly doubled: readonly number[];
  /** Sum of the doubled ranks of the positive differences, and of the negative ones, both as positive numbers. */
  readonly doubledPlus: number;
  readonly doubledMinus: number;
}

/**
 * Ranks differences by size, from 1; equal sizes share the mean of their ranks. Zeros take the lowest ranks (Pratt 1959), infinities
 * the highest; all infinities are the same size.
 */
export function signedRanks(differences: readonly number[]): SignedRanks {
  const sizes = Float64Array.from(differences, Math.abs).sort();
  // A typed array sorts NaN to its end.
  if (Number.isNaN(sizes.at(-1))) throw new RangeError('A difference is not a number.');
  // Equal sizes hold the ranks from their first index + 1 to their last + 1.
  const doubled = differences.map((difference) => {
    const size = Math.abs(difference);
    return Math.sign(difference) * (sizes.indexOf(size) + sizes.lastIndexOf(size) + 2);
  });
  return {
    doubled,
    doubledPlus: doubled.reduce((sum, rank) => sum + Math.max(0, rank), 0),
    doubledMinus: doubled.reduce((sum, rank) => sum + Math.max(0, -rank), 0),
  };
}

/**
 * What the sum of the weights that carry a plus is, when each carries one with probability 1/2: entry s is the probability of s.
 * By dynamic programming (the shift algorithm of Streitberg and Röhmel 1986), n^3 steps for n ranks. Exact for up to 53 weights,
 * because all entries are then whole multiples of 2^-53.
 * @param weights whole numbers, 0 or more
 */
export function plusSumDistribution(weights: readonly number[]): Float64Array {
  const distribution = new Float64Array(weights.reduce((sum, weight) => sum + weight, 0) + 1);
  distribution[0] = 1;
  let reached = 0;
  for (const weight of weights) {
    reached += weight;
    for (let sum = reached; sum >= 0; sum--) {
      const without = distribution[sum] ?? 0;
      const withIt = sum >= weight ? (distribution[sum - weight] ?? 0) : 0;
      distribution[sum] = (without + withIt) / 2;
    }
  }
  return distribution;
}

/**
 * The share of all assignments of signs to these ranks whose signed sum is at least as far from 0 as the observed one. Ranks of 0
 * contribute nothing under any signs.
 */
export function shareAtLeastAsExtreme(ranks: SignedRanks): number {
  const weights = ranks.doubled.map(Math.abs);
  const total = ranks.doubledPlus + ranks.doubledMinus;
  const observed = Math.abs(ranks.doubledPlus - ranks.doubledMinus);
  let share = 0;
  plusSumDistribution(weights).forEach((probability, plus) => {
    if (Math.abs(2 * plus - total) >= observed) share += probability;
  });
  // Beyond 53 weights rounding may carry the sum of all entries over 1.
  return Math.min(1, share);
}
