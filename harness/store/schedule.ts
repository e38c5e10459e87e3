import { dirname } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import { makeFolder } from '../core/whole-file.ts';
import { schedulePath, type ExperimentPaths } from './layout.ts';
import { unreadable } from './parquet-database.ts';
import { writeParquet } from './parquet.ts';
import { readParquet } from './read-columns.ts';
import type { RecordedExperiment } from './recorded-experiment.ts';
import { readRecorded } from './recorded-file.ts';
import { number } from './rows.ts';
import { scheduleTable, type Cell } from './tables.ts';

/** The columns of an arrival schedule, of one length. */
export interface ScheduleColumns {
  readonly dueMs: Float64Array;
  readonly endpoint: Uint8Array;
  readonly payloadSeed: Uint32Array;
}

/** Writes the arrivals of a block, for whoever reads the folder: Scalelab makes them again from the plan. */
export async function writeSchedule(
  experiment: ExperimentPaths,
  block: number,
  { dueMs, endpoint, payloadSeed }: ScheduleColumns,
): Promise<void> {
  const path = schedulePath(experiment, block);
  makeFolder(dirname(path));
  const rows = Array.from(dueMs, (due, index): readonly Cell[] => [due, endpoint[index] ?? 0, payloadSeed[index] ?? 0]);
  await writeParquet(path, scheduleTable, rows);
}

/** @throws HarnessError `results-damaged` if the file cannot be read, or holds what Scalelab does not write there */
export async function readSchedule(path: string): Promise<ScheduleColumns> {
  const rows = await readParquet(path, scheduleTable);
  try {
    return {
      dueMs: Float64Array.from(rows, (row) => number(row, 'dueMs')),
      endpoint: Uint8Array.from(rows, (row) => number(row, 'endpoint')),
      payloadSeed: Uint32Array.from(rows, (row) => number(row, 'payloadSeed')),
    };
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The arrivals of every block in which a load was sent, or a sentence that says what is wrong with their file. */
export async function readSchedules({
  paths,
  trials,
}: Pick<RecordedExperiment, 'paths' | 'trials'>): Promise<ReadonlyMap<number, ScheduleColumns | string>> {
  const schedules = new Map<number, ScheduleColumns | string>();
  for (const { record, requests } of trials.values()) {
    const { block } = record;
    if (requests === null || schedules.has(block)) continue;
    schedules.set(block, await scheduleOrDamage(schedulePath(paths, block), `blocks/${block}/schedule.parquet`));
  }
  return schedules;
}

async function scheduleOrDamage(path: string, name: string): Promise<ScheduleColumns | string> {
  try {
    return readRecorded(path) === null ? `${name} is missing` : await readSchedule(path);
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return `${name} cannot be read, or does not hold what Scalelab writes there`;
  }
}
