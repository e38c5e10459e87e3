import { shareAtLeastAsExtreme, signedRanks } from './signed-ranks.ts';

export interface SignFlipTest {
  /** Sum of the signed mid-ranks: positive if the larger differences are mostly positive. */
  readonly statistic: number;
  /** Two-sided: the share of the sign assignments whose sum is at least as far from 0. Above 0, at most 1. */
  readonly p: number;
}

/**
 * The exact sign-flip (randomisation) test of paired differences, on the sum of their signed mid-ranks.
 *
 * Null hypothesis: within each block the two arms are exchangeable, so that each difference had the other sign with the same
 * probability, independently of the other blocks. The random order of the arms in a block makes that so if the arm does not matter
 * (Fisher 1935, The Design of Experiments, chapter III; the rank sum is Wilcoxon's, 1945). Sizes may have any distribution, and
 * another one in each block: given the sizes, the p is exact.
 *
 * Zeros are kept (Pratt 1959): a zero takes its mid-rank among the sizes and contributes 0 under every assignment. An infinite
 * difference (a failed trial) has the largest rank, shared with other infinite ones. Without zeros the test is Wilcoxon's.
 * With n differences p is at least 2^(1-n), which is why few blocks cannot rank (`blocks-needed.ts`). No differences, or only
 * zeros: p = 1.
 */
export function signFlipTest(differences: readonly number[]): SignFlipTest {
  const ranks = signedRanks(differences);
  return { statistic: (ranks.doubledPlus - ranks.doubledMinus) / 2, p: shareAtLeastAsExtreme(ranks) };
}
