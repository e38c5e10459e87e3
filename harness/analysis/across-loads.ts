import type { Plan } from '../plan/plan.ts';
import type { AcrossLoads, Comparison } from './summary.ts';

/** Every hypothesis over the loads under which it was judged; nothing with one load. No test: each load was tested already. */
export function acrossLoads(
  { hypotheses, loads }: Pick<Plan, 'hypotheses' | 'loads'>,
  comparisons: readonly Comparison[],
): readonly AcrossLoads[] {
  if (loads.length < 2) return [];
  return hypotheses.map(({ arm, against, metric }) => {
    const own = comparisons.filter((one) => one.arm === arm && one.against === against && one.metric === metric);
    const medians = own.flatMap(({ load, medianDifference }) => (load === null ? [] : [{ load, medianDifference }]));
    const ranked = (ranking: Comparison['ranking']): number => own.filter((one) => one.ranking === ranking).length;
    return {
      ...{ arm, against, metric, medians },
      mean: meanOf(medians.map(({ medianDifference }) => medianDifference)),
      higher: ranked('higher'),
      lower: ranked('lower'),
    };
  });
}

/** null where one of them is missing or unbounded: the others alone would be another question. */
function meanOf(values: readonly Comparison['medianDifference'][]): number | null {
  const known = values.filter((value) => typeof value === 'number');
  if (known.length === 0 || known.length < values.length) return null;
  return known.reduce((sum, value) => sum + value, 0) / known.length;
}
