import type { FigureData } from '../../analysis/figure-data.ts';
import type { Summary } from '../../analysis/summary.ts';
import type { Plan } from '../../plan/plan.ts';
import { differencesFigure } from './differences.ts';
import type { Figure, MissingFigure } from './figure.ts';
import { histogramsFigure } from './histograms.ts';
import { overTimeFigure } from './over-time.ts';

/** The figures of a report in their order; those that the data cannot fill say why. */
export function figuresOf(summary: Summary, data: FigureData, plan: Plan): readonly (Figure | MissingFigure)[] {
  const baseline = baselineOf(plan);
  return [
    histogramsFigure(summary, data, plan, baseline),
    overTimeFigure(summary, data, plan, baseline),
    differencesFigure(summary, baseline),
  ];
}

/** The arm that most hypotheses compare with, or null without hypotheses. */
function baselineOf(plan: Plan): string | null {
  const counts = new Map<string, number>();
  for (const { against } of plan.hypotheses) counts.set(against, (counts.get(against) ?? 0) + 1);
  return (
    [...counts].reduce<readonly [string, number] | null>(
      (best, next) => (best === null || next[1] > best[1] ? next : best),
      null,
    )?.[0] ?? null
  );
}
