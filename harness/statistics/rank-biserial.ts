import { signedRanks } from './signed-ranks.ts';

/**
 * The matched-pairs rank-biserial correlation by Kerby's simple difference formula (Kerby 2014): the share of the rank sum that is
 * positive minus the share that is negative. From -1, all differences negative, to 1, all positive; no unit.
 *
 * Zeros keep their ranks, as in `signFlipTest`: they are evidence for neither side, and the correlation is the test's statistic
 * over the largest that n differences can reach. Programs that drop zeros (R's effectsize, pingouin) print a value further from 0
 * where there are any: 1 for two positive differences and ten zeros.
 * @returns null if there are no differences
 */
export function rankBiserial(differences: readonly number[]): number | null {
  const n = differences.length;
  if (n === 0) return null;
  const { doubledPlus, doubledMinus } = signedRanks(differences);
  return (doubledPlus - doubledMinus) / (n * (n + 1));
}
