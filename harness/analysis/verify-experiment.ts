import { plural } from '../core/plural.ts';
import { sha256 } from '../core/sha256.ts';
import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import type { ScheduleColumns } from '../store/schedule.ts';
import { judge } from './judge.ts';
import { summaryText } from './summary-text.ts';
import { changedSchedules } from './verify-schedules.ts';

export interface Verification {
  /** What was checked and holds. */
  readonly checked: readonly string[];
  /** What does not hold, each a sentence. */
  readonly findings: readonly string[];
}

/**
 * Does the folder hold what its journal and verdicts say?
 * @param schedules the arrivals of its blocks, or what is wrong with their file: `readSchedules`
 */
export function verifyExperiment(
  recorded: RecordedExperiment,
  schedules: ReadonlyMap<number, ScheduleColumns | string>,
): Verification {
  const { trials, progress, damage, settled } = recorded;
  const findings = [
    ...damage.filter((sentence) => !settled.includes(sentence)),
    ...changedSchedules(recorded, schedules),
    ...changedVerdicts(recorded),
    ...changedSummary(recorded),
  ];
  const checked = [
    `hashes of plan, profile, inputs and manifest, and of the files of ${plural(trials.size, 'finished trial')}`,
    ...(schedules.size === 0
      ? []
      : [`arrivals of ${plural(schedules.size, 'block')}: in all of their trials the same, request by request`]),
    `verdicts of ${plural(trials.size, 'trial')}, computed again`,
    progress.status === 'running'
      ? 'no summary yet: the experiment is unfinished'
      : 'summary, computed again, byte for byte',
    ...(settled.length === 0
      ? []
      : [`journal, but for ${plural(settled.length, 'line')} cut when Scalelab was stopped, after which it went on`]),
  ];
  return { checked, findings };
}

function changedVerdicts({ plan, trials, progress }: RecordedExperiment): string[] {
  const outcomes = new Map(progress.blocks.flatMap(({ attempts }) => attempts).map((one) => [one.trial, one.outcome]));
  return [...trials].flatMap(([id, trial]) => {
    const { record } = trial;
    const verdict = judge(plan, trial, record.evidence);
    if (verdict.kind !== record.verdict.kind) {
      return [`trials/${id}: the verdict computed again is ${verdict.kind}, recorded is ${record.verdict.kind}`];
    }
    if (JSON.stringify(verdict) !== JSON.stringify(record.verdict)) {
      return [`trials/${id}: the verdict computed again is ${verdict.kind}, as recorded, but for another reason`];
    }
    return outcomes.get(id) === verdict.kind ? [] : [`trials/${id}: journal and record disagree about its verdict`];
  });
}

function changedSummary(recorded: RecordedExperiment): string[] {
  const { progress, summaryText: text } = recorded;
  if (progress.status === 'running') return [];
  if (text === null) return ['summary.json is missing'];
  if (sha256(text) !== progress.summarySha256) return ['summary.json was changed'];
  return text === summaryText(recorded) ? [] : ['summary.json differs from the summary computed again'];
}
