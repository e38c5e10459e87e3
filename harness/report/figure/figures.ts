import type { FigureData } from '../../analysis/figure-data.ts';
import type { Summary } from '../../analysis/summary.ts';
import type { Plan } from '../../plan/plan.ts';
import type { Manifest } from '../../store/manifest.ts';
import { actionsFigure } from './actions.ts';
import { armsOverTimeFigure } from './arms-over-time.ts';
import { costViolationsFigure } from './cost-violations.ts';
import { cpuByServiceFigure } from './cpu-by-service.ts';
import { differencesFigure } from './differences.ts';
import type { Figure, MissingFigure } from './figure.ts';
import { histogramsFigure } from './histograms.ts';
import { latenciesFigure } from './latencies.ts';
import { loadOverTimeFigure } from './load-over-time.ts';
import { overTimeFigure } from './over-time.ts';
import { timeBreakdownFigure } from './time-breakdown.ts';
import { waitMapFigure } from './wait-map.ts';

/** The figures of a report in their order; those that the data cannot fill say why. */
export function figuresOf(
  summary: Summary,
  data: FigureData,
  plan: Plan,
  manifest: Manifest,
): readonly (Figure | MissingFigure)[] {
  const baseline = baselineOf(plan);
  const waits = [histogramsFigure(summary, data, plan, baseline), overTimeFigure(summary, data, plan, baseline)];
  const differences = differencesFigure(summary, plan, baseline);
  if (plan.application === null) return [...waits, differences];
  return [
    costViolationsFigure(summary, plan, baseline),
    differences,
    armsOverTimeFigure(summary, data, plan, baseline),
    latenciesFigure(data, plan, baseline),
    ...(plan.arms.some(({ policy }) => policy !== null) ? [actionsFigure(summary, data, plan)] : []),
    timeBreakdownFigure(data, plan),
    loadOverTimeFigure(data, plan, baseline),
    cpuByServiceFigure(summary, data, plan, manifest),
    waitMapFigure(summary, data, plan),
    ...waits,
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
