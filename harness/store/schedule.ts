import { dirname } from 'node:path';
import { makeFolder } from '../core/whole-file.ts';
import { schedulePath, type ExperimentPaths } from './layout.ts';
import { writeParquet } from './parquet.ts';
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
