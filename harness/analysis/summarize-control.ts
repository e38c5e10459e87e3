import { decisionKinds, type DecisionKind } from '../telemetry/action.ts';
import { spreadOf } from './spread.ts';
import type { ArmSummary, ControlMetrics, TrialRow } from './summary.ts';

/** What the policy of an arm did in its valid trials; null without one. */
export function summarizeControl(trials: readonly ControlMetrics[]): ArmSummary['control'] {
  if (trials.length === 0) return null;
  const total = (value: (trial: ControlMetrics) => number): number => trials.reduce((sum, one) => sum + value(one), 0);
  const accepted = decisionKinds.map((kind) => [kind, total((trial) => trial.accepted[kind])]);
  return {
    medianStepMs: spreadOf(trials.map(({ medianStepMs }) => medianStepMs)),
    cpuCores: spreadOf(trials.map(({ cpuCores }) => cpuCores)),
    residentBytes: spreadOf(trials.map(({ residentBytes }) => residentBytes)),
    // One entry for each kind there is.
    accepted: Object.fromEntries(accepted) as Record<DecisionKind, number>,
    refused: total(({ refused }) => refused),
    superseded: total(({ superseded }) => superseded),
    conflicts: total(({ conflicts }) => conflicts),
    lateSteps: total(({ lateSteps }) => lateSteps),
    missedSteps: total(({ missedSteps }) => missedSteps),
  };
}

/** How the valid trials of an arm answered to each scripted change, load by load, in the order of time. */
export function summarizeReactions(
  loads: readonly (string | null)[],
  trials: readonly Pick<TrialRow, 'load' | 'metrics'>[],
): ArmSummary['reactions'] {
  return loads.flatMap((load) => {
    if (load === null) return [];
    const reactions = trials.flatMap((trial) => (trial.load === load ? (trial.metrics?.reactions ?? []) : []));
    const instants = [...new Set(reactions.map(({ atMs }) => atMs))].sort((a, b) => a - b);
    return instants.map((atMs) => {
      const ofChange = reactions.filter((reaction) => reaction.atMs === atMs);
      const recoveries = ofChange.map(({ recoverSeconds }) => recoverSeconds);
      return {
        ...{ load, atMs },
        detectSeconds: spreadOf(ofChange.map(({ detectSeconds }) => detectSeconds)),
        actSeconds: spreadOf(ofChange.map(({ actSeconds }) => actSeconds)),
        recoverSeconds: spreadOf(recoveries),
        recovered: recoveries.filter((seconds) => seconds !== null).length,
        trials: ofChange.length,
      };
    });
  });
}
