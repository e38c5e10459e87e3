import { armRows } from '../analysis/complete-blocks.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import { joinFigureData } from '../analysis/join-figure-data.ts';
import { makeFigureData } from '../analysis/make-figure-data.ts';
import { summarizeRows } from '../analysis/summarize.ts';
import type { Summary, TrialRow } from '../analysis/summary.ts';
import { damageOf, readFrame, readTrials, type ExperimentFrame } from '../store/recorded-experiment.ts';
import type { RecordedTrial } from '../store/trial-record.ts';

export interface ReadForReport {
  readonly frame: ExperimentFrame;
  readonly summary: Summary;
  readonly figureData: FigureData;
}

/** Reads what a report tells, arm by arm: the samples of a hundred trials do not fit into the memory that a report may take. */
export async function readForReport(folder: string): Promise<ReadForReport> {
  const read = readFrame(folder);
  const { plan, progress } = read;
  const rows = new Map<string, TrialRow>();
  const damage = new Map<string, string>();
  const parts: FigureData[] = [];
  const valid: Pick<RecordedTrial, 'record'>[] = [];
  for (const arm of plan.arms) {
    const { trials, damage: found } = await readTrials(read, arm.name);
    const ofArm = armRows({ plan, progress, trials }, arm.name);
    parts.push(makeFigureData({ plan: { ...plan, arms: [arm] }, trials }, { trials: ofArm }));
    for (const row of ofArm) {
      rows.set(row.id, row);
      const record = trials.get(row.id)?.record;
      if (record !== undefined && row.counted && row.verdict.kind === 'valid') valid.push({ record });
    }
    for (const [trial, sentence] of found) damage.set(trial, sentence);
  }
  const frame = { ...read, damage: [...read.damage, ...damageOf(read, damage)] };
  const inOrder = progress.blocks.flatMap(({ attempts }) => attempts.flatMap(({ trial }) => rows.get(trial) ?? []));
  return { frame, summary: summarizeRows(frame, inOrder), figureData: joinFigureData(parts, valid) };
}
