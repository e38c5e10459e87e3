import type { Noise } from '../plan/budget.ts';
import { metricNames, type MetricName } from '../plan/plan.ts';
import { medianInterval } from '../statistics/median-interval.ts';
import { rootMeanSquare } from '../statistics/root-mean-square.ts';
import type { NoiseFloor } from '../store/noise-floor.ts';
import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import { extended, pairedDifferences } from './compare.ts';
import { completeBlocks, trialRows } from './complete-blocks.ts';

/** What an A/A experiment shows by accident, of every metric that it has. */
export interface FoundNoise extends Noise {
  /** Only of metrics with blocks enough for an interval. */
  readonly floors: readonly NoiseFloor[];
}

/** The differences between the two arms of an A/A experiment, over the blocks of all its loads. */
export function noiseOf(recorded: RecordedExperiment): FoundNoise {
  const { id: experiment, plan, manifest } = recorded;
  const [arm = '', against = ''] = plan.arms.map(({ name }) => name);
  const blocks = completeBlocks(recorded, trialRows(recorded));
  const byMetric = metricNames.map((metric) => ({
    metric,
    differences: pairedDifferences({ arm, against, metric }, blocks).map(({ difference }) => difference),
  }));
  const deviations = byMetric.flatMap(({ metric, differences }): [MetricName, number][] => {
    const deviation = rootMeanSquare(differences.filter(Number.isFinite));
    return deviation === null ? [] : [[metric, deviation]];
  });
  return {
    experiment,
    source: manifest.testbed.source,
    standardDeviation: Object.fromEntries(deviations),
    floors: byMetric.flatMap(({ metric, differences }): NoiseFloor[] => {
      const interval = medianInterval(differences);
      if (interval === null) return [];
      const { low, high } = interval;
      return [{ metric, low: extended(low), high: extended(high), blocks: differences.length, experiment }];
    }),
  };
}
