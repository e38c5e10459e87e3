import { ArmFigures } from '../analysis/arm-figures.ts';
import { trialRow } from '../analysis/complete-blocks.ts';
import type { FigureData } from '../analysis/figure-data.ts';
import { joinFigureData } from '../analysis/join-figure-data.ts';
import { summarizeRows } from '../analysis/summarize.ts';
import type { Summary, TrialRow } from '../analysis/summary.ts';
import { eachAttempt, readFrame, type ExperimentFrame } from '../store/recorded-experiment.ts';

export interface ReadForReport {
  readonly frame: ExperimentFrame;
  readonly summary: Summary;
  readonly figureData: FigureData;
}

/** Reads what a report tells, one trial at a time: the samples of a hundred do not fit into the memory that a report may take. */
export async function readForReport(folder: string): Promise<ReadForReport> {
  const read = readFrame(folder);
  const { plan } = read;
  const figures = new Map(plan.arms.map((arm) => [arm.name, new ArmFigures(plan, arm)]));
  const rows: TrialRow[] = [];
  const damage = [...read.damage];
  for await (const { block, attempt, trial, damage: sentence } of eachAttempt(read)) {
    const row = trialRow(plan, block, attempt, trial);
    rows.push(row);
    if (trial !== null) figures.get(attempt.arm)?.add(trial, row);
    if (sentence !== null) damage.push(sentence);
  }
  const frame = { ...read, damage };
  return { frame, summary: summarizeRows(frame, rows), figureData: joinFigureData([...figures.values()]) };
}
