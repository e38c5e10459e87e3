import type { LoadReading } from '../telemetry/load-reading.ts';
import {
  waitSources,
  type HostReading,
  type Sample,
  type TracerReading,
  type WaitReading,
} from '../telemetry/sample.ts';
import type { TrialPaths } from './layout.ts';
import { loadReader, loadRowCount, loadRows } from './load-rows.ts';
import { unreadable } from './parquet-database.ts';
import { writeParquet } from './parquet.ts';
import { readColumns, rowCount, type Columns, type Row } from './read-columns.ts';
import { number, numberOrNull, placesIn, SampleRows, wordsOf, type CellReader, type Places } from './rows.ts';
import { replicaRows, serviceReader, serviceRows } from './service-rows.ts';
import {
  loadTable,
  replicasTable,
  runqueueTable,
  samplesTable,
  servicesTable,
  type Cell,
  type Table,
} from './tables.ts';
import { readWaits, waitReader, waitRows } from './wait-rows.ts';

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

/**
 * The same samples again, in the order of time.
 * @throws HarnessError `results-damaged` if the files do not belong together, or hold what Scalelab does not write
 */
export async function readSamples(paths: TrialPaths, hasApplication: boolean): Promise<readonly Sample[]> {
  const columns = await readColumns(paths.samples, samplesTable);
  const waits = await readWaits(paths.runqueue);
  const ofApplication = async (path: string, table: Table): Promise<Columns> =>
    hasApplication ? readColumns(path, table) : {};
  const tables = {
    waits: new SampleRows(waits.columns, 'waits'),
    services: new SampleRows(await ofApplication(paths.services, servicesTable), 'services'),
    replicas: new SampleRows(await ofApplication(paths.replicas, replicasTable), 'replicas'),
    load: new SampleRows(await ofApplication(paths.load, loadTable), 'load'),
  };
  try {
    const read = sampleReader(columns, tables, waitReader(waits));
    const samples = placesIn({ from: 0, to: rowCount(columns) }, read);
    for (const table of Object.values(tables)) table.end();
    return samples;
  } catch (error) {
    throw unreadable(paths.folder, error);
  }
}

/** What belongs to samples: the rows of one follow those of the sample before. */
type SampleTables = Readonly<Record<'waits' | 'services' | 'replicas' | 'load', SampleRows>>;

function sampleReader(
  columns: Columns,
  { waits, services, replicas, load }: SampleTables,
  wait: CellReader<WaitReading>,
): CellReader<Sample> {
  const [readServices, readLoad] = [serviceReader(services.columns, replicas), loadReader(load.columns)];
  return (place) => {
    const row = { columns, place };
    const atMs = number(row, 'atMs');
    /** -1 says that there is nothing, which is not the same as no row. */
    const placesOf = (column: string, table: SampleRows): Places | null => {
      const count = number(row, column);
      return count < 0 ? null : table.take(count, atMs);
    };
    const ownWaits = placesOf('waitReadings', waits);
    const ownServices = placesOf('serviceReadings', services);
    const ownLoad = placesOf('loadReadings', load);
    return {
      atMs,
      intervalMs: number(row, 'intervalMs'),
      clockOffsetMs: number(row, 'clockOffsetMs'),
      source: wordsOf(waitSources, columns, 'source')(place),
      waits: ownWaits && placesIn(ownWaits, wait),
      host: hostReading(row),
      tracer: tracerReading(row),
      services: ownServices && readServices(ownServices, atMs),
      load: ownLoad && loadReading(row, readLoad(ownLoad)),
    };
  };
}

function loadReading(row: Row, counts: Pick<LoadReading, 'endpoints' | 'total'>): LoadReading {
  return {
    ...counts,
    generatorCpuSeconds: numberOrNull(row, 'generatorCpuSeconds'),
    latenessP99Ms: numberOrNull(row, 'latenessP99Ms'),
    inFlight: number(row, 'loadInFlight'),
  };
}

function hostReading(row: Row): HostReading | null {
  if (numberOrNull(row, 'capacitySeconds') === null) return null;
  return {
    busySeconds: number(row, 'busySeconds'),
    stolenSeconds: number(row, 'stolenSeconds'),
    capacitySeconds: number(row, 'capacitySeconds'),
    contextSwitches: number(row, 'contextSwitches'),
  };
}

function tracerReading(row: Row): TracerReading | null {
  if (numberOrNull(row, 'tracerSwitches') === null) return null;
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
