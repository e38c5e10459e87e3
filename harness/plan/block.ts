import { deriveSeed, stream } from '../core/random.ts';
import type { Plan, PlannedBlock } from './plan.ts';

/**
 * One block: planned, or a fresh one in the place of one that was set aside. It depends on nothing but the root seed, its number
 * and the names of the arms; a trial's seed not even on the other arms, so that an arm more shifts no seed.
 * @param number from 1, unique in the experiment
 * @param load the name of its load, or null
 */
export function makeBlock(plan: Pick<Plan, 'seed' | 'arms'>, number: number, load: string | null): PlannedBlock {
  const seed = deriveSeed(plan.seed, `block-${number}`);
  const order = stream(plan.seed, `order/block-${number}`).shuffle(plan.arms);
  return {
    number,
    load,
    seed,
    trials: order.map(({ name }) => ({ arm: name, seed: deriveSeed(seed, `trial/${name}`) })),
  };
}
