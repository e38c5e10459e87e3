import type { HostReading, Sample, TracerReading, WaitCause, WaitReading, WaitSource } from '../telemetry/sample.ts';
import type { TrialPaths } from './layout.ts';
import { readParquet, writeParquet, type Row } from './parquet.ts';
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

/** The same samples again, in the order of time. */
export async function readSamples(paths: TrialPaths): Promise<readonly Sample[]> {
  const waits = new Map<number, WaitReading[]>();
  for (const row of await readParquet(paths.runqueue, runqueueTable)) {
    const atMs = number(row, 'atMs');
    waits.set(atMs, [...(waits.get(atMs) ?? []), waitReading(row)]);
  }
  const rows = await readParquet(paths.samples, samplesTable);
  return rows.map((row) => ({
    atMs: number(row, 'atMs'),
    intervalMs: number(row, 'intervalMs'),
    clockOffsetMs: number(row, 'clockOffsetMs'),
    source: text(row, 'source') as WaitSource,
    waits: number(row, 'waitReadings') < 0 ? null : (waits.get(number(row, 'atMs')) ?? []),
    host: hostReading(row),
    tracer: tracerReading(row),
  }));
}

function waitReading(row: Row): WaitReading {
  const slots = row['slots'];
  return {
    group: text(row, 'group'),
    cause: text(row, 'cause') as WaitCause,
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
