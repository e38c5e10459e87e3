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
import { number, numberOrNull, oneOf, text } from './rows.ts';
import { readServices, serviceRows, replicaRows, type ServiceRows } from './service-rows.ts';
import { endpointReading, loadRows } from './load-rows.ts';
import { loadTable, replicasTable, runqueueTable, samplesTable, servicesTable, type Cell } from './tables.ts';

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
 * @throws HarnessError `results-damaged` if the two files do not belong together, or hold what Scalelab does not write
 */
export async function readSamples(paths: TrialPaths, hasApplication: boolean): Promise<readonly Sample[]> {
  const rows = await readParquet(paths.samples, samplesTable);
  const waitRows = await readParquet(paths.runqueue, runqueueTable);
  const [serviceRows, replicaRows, loadRows] = hasApplication
    ? [
        await readParquet(paths.services, servicesTable),
        await readParquet(paths.replicas, replicasTable),
        await readParquet(paths.load, loadTable),
      ]
    : [[], [], []];
  try {
    return joinRows(rows, waitRows, { services: serviceRows, replicas: replicaRows }, loadRows);
  } catch (error) {
    throw unreadable(paths.folder, error);
  }
}

/** Both are in the order in which they were written: the waits of a sample follow those of the one before. */
function joinRows(
  rows: readonly Row[],
  waitRows: readonly Row[],
  ofServices: ServiceRows,
  loadRows: readonly Row[],
): readonly Sample[] {
  const nextServices = readServices(ofServices);
  const loads = new Map<number, Row[]>();
  for (const row of loadRows) {
    const atMs = number(row, 'atMs');
    loads.set(atMs, [...(loads.get(atMs) ?? []), row]);
  }
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
      services: nextServices(atMs, number(row, 'serviceReadings')),
      load: loadReading(row, loads.get(atMs) ?? []),
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

function loadReading(row: Row, ofEndpoints: readonly Row[]): LoadReading | null {
  const inFlight = numberOrNull(row, 'loadInFlight');
  if (inFlight === null) return null;
  return {
    endpoints: ofEndpoints.map(endpointReading),
    generatorCpuSeconds: numberOrNull(row, 'generatorCpuSeconds'),
    latenessP99Ms: numberOrNull(row, 'latenessP99Ms'),
    inFlight,
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
