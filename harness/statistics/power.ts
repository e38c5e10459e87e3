import { plusSumDistribution } from './signed-ranks.ts';

export interface PowerQuestion {
  /** Complete blocks that will be compared. */
  readonly blocks: number;
  /** m, the primary hypotheses: each is tested at familyAlpha / m, the hardest step of Holm's. A whole number from 1. */
  readonly comparisons: number;
  /** Of the differences between two arms in one block when the arms are the same (from an A/A experiment). Any unit. */
  readonly standardDeviation: number;
  /** Chance to find the difference. Default 0.8. */
  readonly power?: number;
  /** Chance of one or more false findings among all comparisons. Default 0.05. */
  readonly familyAlpha?: number;
  /** Uniform in [0, 1): a seeded stream of its own. */
  readonly uniform: () => number;
}

/** Simulated experiments: the standard error of a simulated power of 80 % is then 0.6 points. */
const experiments = 4000;

/** In standard deviations. Beyond it every simulated difference is positive: Box-Muller of 53 bits stays below 8.6. */
const farAway = 10;

/**
 * The smallest true median difference that the sign-flip test, two-sided at familyAlpha / m, finds with the given power, when
 * differences are normal with the given standard deviation. In the unit of that. A finding with the wrong sign does not count.
 *
 * By simulation: the same 4 000 experiments, shifted, so that the power grows with the shift and bisection finds where it reaches
 * the target. The power at the answer is within 5 points of the target (8 standard errors of the simulation at 80 %). The answer is
 * no better than what goes in: the true standard deviation may be twice the one that an A/A experiment of 8 blocks shows (upper
 * end of its 95 % interval), and differences of another shape than the normal, or that spread more in one arm, move the answer.
 * @returns null when so few blocks cannot reach the level whatever the difference is
 */
export function detectableDifference(question: PowerQuestion): number | null {
  const { blocks, comparisons, standardDeviation, power = 0.8, familyAlpha = 0.05, uniform } = question;
  requireRange('number of blocks', blocks, Number.isSafeInteger(blocks) && blocks >= 0);
  requireRange('number of comparisons', comparisons, Number.isSafeInteger(comparisons) && comparisons >= 1);
  requireRange('standard deviation', standardDeviation, standardDeviation >= 0 && standardDeviation < Infinity);
  requireRange('power', power, power > 0 && power < 1);
  requireRange('family-wise alpha', familyAlpha, familyAlpha > 0 && familyAlpha < 1);
  const needed = smallestSignificantPlus(blocks, familyAlpha / comparisons);
  if (needed === null) return null;
  const samples = Array.from({ length: experiments }, () =>
    Float64Array.from({ length: blocks }, () => standardNormal(uniform)).sort(),
  );
  const isFound = (shift: number): boolean =>
    samples.filter((sample) => plusSum(sample, shift) >= needed).length >= power * experiments;
  let [missed, found] = [0, farAway];
  while (found - missed > 1e-4) {
    const middle = (missed + found) / 2;
    if (isFound(middle)) found = middle;
    else missed = middle;
  }
  return found * standardDeviation;
}

/** The smallest sum of positive ranks 1..n at which the two-sided p is at most alpha, or null if none is. */
function smallestSignificantPlus(blocks: number, alpha: number): number | null {
  const distribution = plusSumDistribution(Array.from({ length: blocks }, (_, index) => index + 1));
  let smallest: number | null = null;
  let tail = 0;
  for (let plus = distribution.length - 1; plus >= 0; plus--) {
    tail += distribution[plus] ?? 0;
    if (2 * tail > alpha) break;
    smallest = plus;
  }
  return smallest;
}

/**
 * The sum of the ranks of the positive ones among the sorted values plus `shift`: the number of their Walsh averages above 0
 * (Tukey 1949), which needs no new ranking for each shift.
 */
function plusSum(ascending: Float64Array, shift: number): number {
  let [low, high, above] = [0, ascending.length - 1, 0];
  while (low <= high) {
    if ((ascending[low] ?? 0) + (ascending[high] ?? 0) > -2 * shift) {
      // So have all pairs of the upper one with what lies between.
      above += high - low + 1;
      high--;
    } else low++;
  }
  return above;
}

/** Box and Muller 1958. */
function standardNormal(uniform: () => number): number {
  return Math.sqrt(-2 * Math.log1p(-uniform())) * Math.cos(2 * Math.PI * uniform());
}

function requireRange(what: string, value: number, isWithin: boolean): void {
  if (!isWithin) throw new RangeError(`The ${what} is ${value}, which is out of range.`);
}
