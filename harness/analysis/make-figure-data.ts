import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import { ArmFigures } from './arm-figures.ts';
import type { FigureData } from './figure-data.ts';
import { joinFigureData } from './join-figure-data.ts';
import type { Summary } from './summary.ts';

/** What the figures draw: of every valid trial that counts. */
export function makeFigureData(
  { plan, trials }: Pick<RecordedExperiment, 'plan' | 'trials'>,
  summary: Pick<Summary, 'trials'>,
): FigureData {
  return joinFigureData(
    plan.arms.map((arm) => {
      const figures = new ArmFigures(plan, arm);
      for (const row of summary.trials.filter((one) => one.arm === arm.name)) {
        const trial = trials.get(row.id);
        if (trial !== undefined) figures.add(trial, row);
      }
      return figures;
    }),
  );
}
