import { expect, test } from 'vitest';
import { summarizeControl, summarizeReactions } from '../../../harness/analysis/summarize-control.ts';
import type { ControlMetrics, Reaction } from '../../../harness/analysis/summary.ts';
import { metricsOf } from '../../rig/recorded.ts';

const quiet: ControlMetrics = {
  ...{ steps: 5, lateSteps: 0, missedSteps: 0, medianStepMs: 1, mostStepMs: 2, cpuCores: 0.01, residentBytes: null },
  accepted: { replicas: 0, cpu: 0, memory: 0, placement: 0 },
  ...{ refused: 0, superseded: 0, conflicts: 0, medianReplicasEffectiveMs: null },
};
const spreadOf = (median: number, low: number, high: number, trials: number) => ({ median, low, high, trials });

test('counts add up over trials, and costs are spread over them', () => {
  const busy: ControlMetrics = {
    ...{ ...quiet, lateSteps: 1, missedSteps: 2, medianStepMs: 3, cpuCores: null, residentBytes: 20e6 },
    accepted: { replicas: 4, cpu: 1, memory: 0, placement: 1 },
    ...{ refused: 2, superseded: 1, conflicts: 1 },
  };

  expect(summarizeControl([quiet, busy, busy])).toEqual({
    medianStepMs: spreadOf(3, 1, 3, 3),
    cpuCores: spreadOf(0.01, 0.01, 0.01, 1),
    residentBytes: spreadOf(20e6, 20e6, 20e6, 2),
    accepted: { replicas: 8, cpu: 2, memory: 0, placement: 2 },
    ...{ refused: 4, superseded: 2, conflicts: 2, lateSteps: 2, missedSteps: 4 },
  });
});

test('an arm without a policy has nothing to tell', () => {
  expect(summarizeControl([])).toBeNull();
  expect(summarizeReactions([null], [{ load: null, metrics: metricsOf({}) }])).toEqual([]);
});

test('reactions are told by load and change, with the trials that recovered', () => {
  const reactionTo = (atMs: number, detectSeconds: number | null, recoverSeconds: number | null): Reaction => ({
    ...{ atMs, fromPerSecond: 1, toPerSecond: 2, detectSeconds, actSeconds: null, recoverSeconds },
  });
  const trialOf = (load: string, ...reactions: readonly Reaction[]) => ({
    load,
    metrics: { ...metricsOf({}), reactions },
  });

  expect(
    summarizeReactions(
      ['spike', 'steps'],
      [
        trialOf('steps', reactionTo(5000, 1, 0)),
        trialOf('spike', reactionTo(5000, 2, 9)),
        trialOf('steps', reactionTo(20_000, 4, 3), reactionTo(5000, null, null)),
      ],
    ),
  ).toEqual([
    {
      ...{ load: 'spike', atMs: 5000, detectSeconds: spreadOf(2, 2, 2, 1), actSeconds: null },
      ...{ recoverSeconds: spreadOf(9, 9, 9, 1), recovered: 1, trials: 1 },
    },
    {
      ...{ load: 'steps', atMs: 5000, detectSeconds: spreadOf(1, 1, 1, 1), actSeconds: null },
      ...{ recoverSeconds: spreadOf(0, 0, 0, 1), recovered: 1, trials: 2 },
    },
    {
      ...{ load: 'steps', atMs: 20_000, detectSeconds: spreadOf(4, 4, 4, 1), actSeconds: null },
      ...{ recoverSeconds: spreadOf(3, 3, 3, 1), recovered: 1, trials: 1 },
    },
  ]);
});
