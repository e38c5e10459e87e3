import type { Plan } from '../plan/plan.ts';
import { countedAttempt, isComplete, type Attempt, type BlockProgress } from '../store/progress.ts';
import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { Verdict } from '../store/verdict.ts';
import type { BlockOutcomes } from './compare.ts';
import { judge } from './judge.ts';
import { measure } from './measure.ts';
import type { TrialMetrics, TrialRow } from './summary.ts';

/** Every attempt of an experiment, judged and measured again, in the order in which they were started. */
export function trialRows({ plan, progress, trials }: RecordedExperiment): readonly TrialRow[] {
  return progress.blocks.flatMap((block) =>
    block.attempts.map((attempt) => trialRow(plan, block, attempt, trials.get(attempt.trial) ?? null)),
  );
}

/** @param trial null if there is no record of it that can be used */
export function trialRow(plan: Plan, block: BlockProgress, attempt: Attempt, trial: RecordedTrial | null): TrialRow {
  const verdict = trial === null ? verdictWithoutRecord(attempt) : judge(plan, trial, trial.record.evidence);
  const isCounted = countedAttempt(block, attempt.arm)?.trial === attempt.trial && verdict.kind !== 'invalid';
  return {
    ...{ id: attempt.trial, block: block.number, load: block.load, arm: attempt.arm, attempt: attempt.attempt },
    startedAt: attempt.startedAt,
    verdict,
    counted: block.setAside === null && isCounted,
    metrics: trial === null ? null : measure(plan, trial),
  };
}

function verdictWithoutRecord({ outcome }: Attempt): Verdict {
  const unfinished = outcome === 'running' || outcome === 'abandoned';
  return unfinished
    ? { kind: 'invalid', reasons: [{ code: 'interrupted', text: 'Scalelab was stopped before the trial ended' }] }
    : { kind: 'invalid', reasons: [{ code: 'record-damaged', text: 'a recorded file is damaged or missing' }] };
}

/** The blocks in which every arm has an outcome: what is compared. */
export function completeBlocks(
  { plan, progress }: Pick<RecordedExperiment, 'plan' | 'progress'>,
  trials: readonly TrialRow[],
): readonly BlockOutcomes[] {
  return progress.blocks
    .filter((block) => isComplete(block, plan.arms))
    .map(({ number, load }) => ({ block: number, load, outcomes: outcomesOf(number, trials) }))
    .filter(({ outcomes }) => outcomes.size === plan.arms.length);
}

function outcomesOf(block: number, trials: readonly TrialRow[]): BlockOutcomes['outcomes'] {
  const outcomes = new Map<string, TrialMetrics | 'failed'>();
  for (const { arm, metrics, verdict } of trials.filter((trial) => trial.block === block && trial.counted)) {
    if (verdict.kind === 'failed') outcomes.set(arm, 'failed');
    else if (metrics !== null) outcomes.set(arm, metrics);
  }
  return outcomes;
}
