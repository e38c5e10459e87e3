import type { LoadReading } from '../telemetry/load-reading.ts';
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
import { cellOf, number, numberOrNull, oneOf, SampleRows, text } from './rows.ts';
import { serviceReadings, serviceRows, replicaRows } from './service-rows.ts';
import { loadCounts, loadRowCount, loadRows } from './load-rows.ts';
import {
  loadTable,
  replicasTable,
  runqueueTable,
  samplesTable,
  servicesTable,
  type Cell,
  type Table,
} from './tables.ts';

/** Writes the samples of a trial; those of an application in three files more. */
export async function writeSamples(
  paths: TrialPaths,
  samples: readonly Sample[],
  hasApplication: boolean,
): Promise<void> {
  await writeParquet(paths.samples, samplesTable, samples.map(sampleRow));
  await writeParquet(paths.runqueue, runqueueTable, samples.flatMap(waitRows));
  if (!hasApplication) return;
  await writeParquet(paths.services, servicesTable, samples.flatMap(serviceRows));
  await writeParquet(paths.replicas, replicasTable, samples.flatMap(replicaRows));
  await writeParquet(paths.load, loadTable, samples.flatMap(loadRows));
}

function sampleRow({ host, tracer, load, services, ...sample }: Sample): readonly Cell[] {
  return [
    sample.atMs,
    sample.intervalMs,
    sample.clockOffsetMs,
    sample.source,
    sample.waits?.length ?? -1,
    services?.length ?? -1,
    loadRowCount(load),
    load?.inFlight ?? null,
    load?.generatorCpuSeconds ?? null,
    load?.latenessP99Ms ?? null,
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
 * @throws HarnessError `results-damaged` if the files do not belong together, or hold what Scalelab does not write
 */
export async function readSamples(paths: TrialPaths, hasApplication: boolean): Promise<readonly Sample[]> {
  const rows = await readParquet(paths.samples, samplesTable);
  const ofApplication = async (path: string, table: Table): Promise<readonly Row[]> =>
    hasApplication ? readParquet(path, table) : [];
  const tables: SampleTables = {
    waits: new SampleRows(await readParquet(paths.runqueue, runqueueTable), 'waits'),
    services: new SampleRows(await ofApplication(paths.services, servicesTable), 'services'),
    replicas: new SampleRows(await ofApplication(paths.replicas, replicasTable), 'replicas'),
    load: new SampleRows(await ofApplication(paths.load, loadTable), 'load'),
  };
  try {
    const samples = rows.map((row) => sampleOf(row, tables));
    for (const table of Object.values(tables)) table.end();
    return samples;
  } catch (error) {
    throw unreadable(paths.folder, error);
  }
}

/** What belongs to samples: the rows of one follow those of the sample before. */
interface SampleTables extends Readonly<Record<string, SampleRows>> {
  readonly waits: SampleRows;
  readonly services: SampleRows;
  readonly replicas: SampleRows;
  readonly load: SampleRows;
}

function sampleOf(row: Row, { waits, services, replicas, load }: SampleTables): Sample {
  const atMs = number(row, 'atMs');
  /** -1 says that there is nothing, which is not the same as no row. */
  const rowsOf = (column: string, table: SampleRows): readonly Row[] | null => {
    const count = number(row, column);
    return count < 0 ? null : table.take(count, atMs);
  };
  const ownServices = rowsOf('serviceReadings', services);
  const ownLoad = rowsOf('loadReadings', load);
  return {
    atMs,
    intervalMs: number(row, 'intervalMs'),
    clockOffsetMs: number(row, 'clockOffsetMs'),
    source: oneOf(waitSources, row, 'source'),
    waits: rowsOf('waitReadings', waits)?.map(waitReading) ?? null,
    host: hostReading(row),
    tracer: tracerReading(row),
    services: ownServices && serviceReadings(ownServices, replicas, atMs),
    load: ownLoad && loadReading(row, ownLoad),
  };
}

function waitReading(row: Row): WaitReading {
  const slots = cellOf(row, 'slots');
  return {
    group: text(row, 'group'),
    cause: oneOf(waitCauses, row, 'cause'),
    count: number(row, 'count'),
    waitSeconds: number(row, 'waitSeconds'),
    slots: Array.isArray(slots) ? slots : null,
  };
}

function loadReading(row: Row, ofLoad: readonly Row[]): LoadReading {
  return {
    ...loadCounts(ofLoad),
    generatorCpuSeconds: numberOrNull(row, 'generatorCpuSeconds'),
    latenessP99Ms: numberOrNull(row, 'latenessP99Ms'),
    inFlight: number(row, 'loadInFlight'),
  };
}

function hostReading(row: Row): HostReading | null {
  if (cellOf(row, 'capacitySeconds') === null) return null;
  return {
    busySeconds: number(row, 'busySeconds'),
    stolenSeconds: number(row, 'stolenSeconds'),
    capacitySeconds: number(row, 'capacitySeconds'),
    contextSwitches: number(row, 'contextSwitches'),
  };
}

function tracerReading(row: Row): TracerReading | null {
  if (cellOf(row, 'tracerSwitches') === null) return null;
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
