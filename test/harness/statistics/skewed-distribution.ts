import type { Random } from '../../../harness/core/random.ts';

/** A distribution with a long tail to the right, as latencies have. */
export interface SkewedDistribution {
  readonly name: string;
  readonly median: number;
  readonly isContinuous: boolean;
  draw(random: Random): number;
}

export function standardNormal(random: Random): number {
  return Math.sqrt(random.exponential(2)) * Math.cos(2 * Math.PI * random.uniform());
}

export const skewedDistributions: readonly SkewedDistribution[] = [
  {
    name: 'log-normal, sigma 1',
    median: 1,
    isContinuous: true,
    draw: (random) => Math.exp(standardNormal(random)),
  },
  { name: 'exponential', median: Math.LN2, isContinuous: true, draw: (random) => random.exponential(1) },
  {
    name: 'two points, 1 and in one of five cases 10',
    median: 1,
    isContinuous: false,
    draw: (random) => (random.uniform() < 0.8 ? 1 : 10),
  },
];

/** Sample sizes at which promises are checked by simulation. */
export const simulatedSizes = [6, 7, 8, 12, 20, 30] as const;

/** Five standard errors of a share that was simulated: one check in three million fails by chance. */
export function allowance(share: number, rounds: number): number {
  return 5 * Math.sqrt((share * (1 - share)) / rounds);
}
