import { shareAtLeastAsExtreme, signedRanks } from './signed-ranks.ts';

export interface WilcoxonTest {
  /** Sum of the mid-ranks of the positive differences. */
  readonly plus: number;
  /** Sum of the mid-ranks of the negative differences. Tables and SciPy call the smaller of the two the statistic. */
  readonly minus: number;
  /** Differences that are not 0, which alone are ranked. */
  readonly pairs: number;
  /** Two-sided, exact given the ties. */
  readonly p: number;
}

/**
 * Wilcoxon's signed-rank test (Wilcoxon 1945): zeros are dropped, then sizes are ranked, ties sharing their mean rank. The p is
 * always exact, with ties too, because it comes from the permutation distribution of the ranks at hand (no normal approximation).
 *
 * It differs from `signFlipTest` only where there are zeros: that one, the test of the design, lets a zero take a rank, so that
 * the sizes of the others weigh less unequally (Pratt 1959). This one is here for comparison with other people's results.
 */
export function wilcoxonTest(differences: readonly number[]): WilcoxonTest {
  const ranks = signedRanks(differences.filter((difference) => difference !== 0));
  return {
    plus: ranks.doubledPlus / 2,
    minus: ranks.doubledMinus / 2,
    pairs: ranks.doubled.length,
    p: shareAtLeastAsExtreme(ranks),
  };
}
