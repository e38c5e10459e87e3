import { replicaStates, type ReplicaReading, type ServiceReading } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { Columns } from './read-columns.ts';
import {
  cellsOf,
  numbers,
  numbersOrNull,
  placesIn,
  texts,
  wordsOf,
  type CellReader,
  type Places,
  type SampleRows,
} from './rows.ts';
import { replicasTable, servicesTable, type Cell } from './tables.ts';

export function serviceRows({ atMs, services }: Sample): readonly (readonly Cell[])[] {
  return (services ?? []).map(({ replicas, ...service }) =>
    cellsOf(servicesTable, { atMs, ...service, replicas: replicas.length }),
  );
}

export function replicaRows({ atMs, services }: Sample): readonly (readonly Cell[])[] {
  return (services ?? []).flatMap(({ service, replicas }) =>
    replicas.map((replica) => cellsOf(replicasTable, { atMs, service, ...replica })),
  );
}

/**
 * Reads the services of samples.
 * @param replicas the rows of the replicas, sample after sample, like those of the services
 * @returns of the rows of one sample; it throws a TypeError if a row holds what Scalelab does not write there
 */
export function serviceReader(
  columns: Columns,
  replicas: SampleRows,
): (places: Places, atMs: number) => readonly ServiceReading[] {
  const [service, wanted, count] = [
    texts(columns, 'service'),
    numbers(columns, 'wanted'),
    numbers(columns, 'replicas'),
  ];
  const [p50Ms, p95Ms, p99Ms] = [
    numbersOrNull(columns, 'p50Ms'),
    numbersOrNull(columns, 'p95Ms'),
    numbersOrNull(columns, 'p99Ms'),
  ];
  const replica = replicaReader(replicas.columns);
  return (places, atMs) =>
    placesIn(places, (place) => ({
      service: service(place),
      wanted: wanted(place),
      replicas: placesIn(replicas.take(count(place), atMs), replica),
      p50Ms: p50Ms(place),
      p95Ms: p95Ms(place),
      p99Ms: p99Ms(place),
    }));
}

function replicaReader(columns: Columns): CellReader<ReplicaReading> {
  const value = (column: keyof ReplicaReading): CellReader<number | null> => numbersOrNull(columns, column);
  const [id, state, startedAtMs] = [
    texts(columns, 'id'),
    wordsOf(replicaStates, columns, 'state'),
    numbers(columns, 'startedAtMs'),
  ];
  const [readyAtMs, firstServedAtMs] = [value('readyAtMs'), value('firstServedAtMs')];
  const [cpuSeconds, cpuLimitCores, cpuRequestCores] = [
    value('cpuSeconds'),
    value('cpuLimitCores'),
    value('cpuRequestCores'),
  ];
  const [quotaPeriods, throttledPeriods, throttledSeconds] = [
    value('quotaPeriods'),
    value('throttledPeriods'),
    value('throttledSeconds'),
  ];
  const [memoryBytes, memoryLimitBytes, oomKills] = [
    value('memoryBytes'),
    value('memoryLimitBytes'),
    value('oomKills'),
  ];
  const [cpuPressureShare, requests, errors] = [value('cpuPressureShare'), value('requests'), value('errors')];
  const [inFlight, busyConnections, queuedForConnection] = [
    value('inFlight'),
    value('busyConnections'),
    value('queuedForConnection'),
  ];
  return (place) => ({
    id: id(place),
    state: state(place),
    startedAtMs: startedAtMs(place),
    readyAtMs: readyAtMs(place),
    firstServedAtMs: firstServedAtMs(place),
    cpuSeconds: cpuSeconds(place),
    cpuLimitCores: cpuLimitCores(place),
    cpuRequestCores: cpuRequestCores(place),
    quotaPeriods: quotaPeriods(place),
    throttledPeriods: throttledPeriods(place),
    throttledSeconds: throttledSeconds(place),
    memoryBytes: memoryBytes(place),
    memoryLimitBytes: memoryLimitBytes(place),
    oomKills: oomKills(place),
    cpuPressureShare: cpuPressureShare(place),
    requests: requests(place),
    errors: errors(place),
    inFlight: inFlight(place),
    busyConnections: busyConnections(place),
    queuedForConnection: queuedForConnection(place),
  });
}
