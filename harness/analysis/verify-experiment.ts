import { existsSync, readFileSync } from 'node:fs';
import { sha256 } from '../core/whole-file.ts';
import { readExperiment, type RecordedExperiment } from '../store/recorded-experiment.ts';
import { judge } from './judge.ts';
import { summaryText } from './summary-text.ts';

export interface Verification {
  readonly id: string;
  /** What was checked and holds. */
  readonly checked: readonly string[];
  /** What does not hold, each a sentence. */
  readonly findings: readonly string[];
}

/** Does the folder hold what its journal and verdicts say? Reads only. */
export async function verifyExperiment(folder: string): Promise<Verification> {
  const recorded = await readExperiment(folder);
  const { id, trials, progress } = recorded;
  const findings = [...recorded.damage, ...changedVerdicts(recorded), ...changedSummary(recorded)];
  const checked = [
    `hashes of plan, profile, manifest and of the files of ${trials.size} finished trials`,
    `verdicts of ${trials.size} trials, computed again`,
    progress.status === 'running'
      ? 'no summary yet: the experiment is unfinished'
      : 'summary, computed again, byte for byte',
  ];
  return { id, checked, findings };
}

function changedVerdicts({ plan, trials, progress }: RecordedExperiment): string[] {
  const outcomes = new Map(progress.blocks.flatMap(({ attempts }) => attempts).map((one) => [one.trial, one.outcome]));
  return [...trials].flatMap(([id, { record, samples }]) => {
    const verdict = judge(plan, samples, record.evidence);
    if (JSON.stringify(verdict) !== JSON.stringify(record.verdict)) {
      return [`trials/${id}: the verdict computed again is ${verdict.kind}, recorded is ${record.verdict.kind}`];
    }
    return outcomes.get(id) === verdict.kind ? [] : [`trials/${id}: journal and record disagree about its verdict`];
  });
}

function changedSummary(recorded: RecordedExperiment): string[] {
  const { progress, paths } = recorded;
  if (progress.status === 'running') return [];
  if (!existsSync(paths.summary)) return ['summary.json is missing'];
  const text = readFileSync(paths.summary, 'utf8');
  if (sha256(text) !== progress.summarySha256) return ['summary.json was changed'];
  return text === summaryText(recorded) ? [] : ['summary.json differs from the summary computed again'];
}
