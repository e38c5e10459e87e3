import {
  waitCauses,
  waitSources,
  type HostReading,
  type Sample,
  type TracerReading,
  type WaitReading,
} from '../telemetry/sample.ts';
import type { TrialPaths } from './layout.ts';
import { readParquet, unreadable, writeParquet, type Row } from './parquet.ts';
import { runqueueTable, samplesTable, type Cell } from './tables.ts';

/** Writes the samples of a trial as `samples.parquet` and `runqueue.parquet`. */
export async function writeSamples(paths: TrialPaths, samples: readonly Sample[]): Promise<void> {
  await writeParquet(paths.samples, samplesTable, samples.map(sampleRow));
  await writeParquet(paths.runqueue, runqueueTable, samples.flatMap(waitRows));
}

function sampleRow({ host, tracer, ...sample }: Sample): readonly Cell[] {
  return [
    sample.atMs,
    sample.intervalMs,
    sample.clockOffsetMs,
    sample.source,
    sample.waits?.length ?? -1,
    host?.busySeconds ?? null,
    host?.stolenSeconds ?? null,
    host?.capacitySeconds ?? null,
    host?.contextSwitches ?? null,
    tracer?.helperCpuSeconds ?? null,
    tracer?.residentBytes ?? null,
    tracer?.switches ?? null,
    tracer?.wakeups ?? null,
    tracer?.lost ?? null,
    tracer?.negative ?? null,
    tracer?.unknown ?? null,
  ];
}

function waitRows(sample: Sample): readonly (readonly Cell[])[] {
  return (sample.waits ?? []).map(({ group, cause, count, waitSeconds, slots }) => [
    sample.atMs,
    group,
    cause,
    count,
    waitSeconds,
    slots,
  ]);
}

/**
 * The same samples again, in the order of time.
 * @throws HarnessError `results-damaged` if the two files do not belong together, or hold what Scalelab does not write
 */
export async function readSamples(paths: TrialPaths): Promise<readonly Sample[]> {
  const rows = await readParquet(paths.samples, samplesTable);
  const waitRows = await readParquet(paths.runqueue, runqueueTable);
  try {
    return joinRows(rows, waitRows);
  } catch (error) {
    throw unreadable(paths.folder, error);
  }
}

/** Both are in the order in which they were written: the waits of a sample follow those of the one before. */
function joinRows(rows: readonly Row[], waitRows: readonly Row[]): readonly Sample[] {
  let used = 0;
  const samples = rows.map((row): Sample => {
    const atMs = number(row, 'atMs');
    const readings = number(row, 'waitReadings');
    const own = readings < 0 ? null : waitRows.slice(used, used + readings);
    used += Math.max(0, readings);
    if (own?.some((wait) => wait['atMs'] !== atMs) === true)
      throw new TypeError(`waits of another sample at ${atMs} ms`);
    return {
      atMs,
      intervalMs: number(row, 'intervalMs'),
      clockOffsetMs: number(row, 'clockOffsetMs'),
      source: oneOf(waitSources, row, 'source'),
      waits: own?.map(waitReading) ?? null,
      host: hostReading(row),
      tracer: tracerReading(row),
    };
  });
  if (used !== waitRows.length)
    throw new TypeError(`${waitRows.length} rows of waits, where ${used} belong to a sample`);
  return samples;
}

function waitReading(row: Row): WaitReading {
  const slots = row['slots'];
  return {
    group: text(row, 'group'),
    cause: oneOf(waitCauses, row, 'cause'),
    count: number(row, 'count'),
    waitSeconds: number(row, 'waitSeconds'),
    slots: Array.isArray(slots) ? slots : null,
  };
}

function hostReading(row: Row): HostReading | null {
  if (row['capacitySeconds'] === null) return null;
  return {
    busySeconds: number(row, 'busySeconds'),
    stolenSeconds: number(row, 'stolenSeconds'),
    capacitySeconds: number(row, 'capacitySeconds'),
    contextSwitches: number(row, 'contextSwitches'),
  };
}

function tracerReading(row: Row): TracerReading | null {
  if (row['tracerSwitches'] === null) return null;
  return {
    helperCpuSeconds: number(row, 'tracerCpuSeconds'),
    residentBytes: number(row, 'tracerResidentBytes'),
    switches: number(row, 'tracerSwitches'),
    wakeups: number(row, 'tracerWakeups'),
    lost: number(row, 'tracerLost'),
    negative: number(row, 'tracerNegative'),
    unknown: number(row, 'tracerUnknown'),
  };
}

function number(row: Row, column: string): number {
  const cell = row[column];
  if (typeof cell !== 'number') throw new TypeError(`column ${column} holds ${String(cell)} where a number belongs`);
  return cell;
}

function text(row: Row, column: string): string {
  const cell = row[column];
  if (typeof cell !== 'string') throw new TypeError(`column ${column} holds ${String(cell)} where text belongs`);
  return cell;
}

function oneOf<const Word extends string>(words: readonly Word[], row: Row, column: string): Word {
  const word = words.find((candidate) => candidate === row[column]);
  if (word === undefined)
    throw new TypeError(`column ${column} holds ${String(row[column])}, which is none of ${words.join(', ')}`);
  return word;
}
