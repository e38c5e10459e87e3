import { replicaStates, type ReplicaReading, type ServiceReading } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { Row } from './parquet.ts';
import { cellsOf, number, numberOrNull, oneOf, text, type SampleRows } from './rows.ts';
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
 * The services of a sample.
 * @throws TypeError if a row holds what Scalelab does not write there
 */
export function serviceReadings(rows: readonly Row[], replicas: SampleRows, atMs: number): readonly ServiceReading[] {
  return rows.map((row) => ({
    service: text(row, 'service'),
    wanted: number(row, 'wanted'),
    replicas: replicas.take(number(row, 'replicas'), atMs).map(replicaReading),
    p50Ms: numberOrNull(row, 'p50Ms'),
    p95Ms: numberOrNull(row, 'p95Ms'),
    p99Ms: numberOrNull(row, 'p99Ms'),
  }));
}

function replicaReading(row: Row): ReplicaReading {
  const value = (column: string): number | null => numberOrNull(row, column);
  return {
    id: text(row, 'id'),
    state: oneOf(replicaStates, row, 'state'),
    startedAtMs: number(row, 'startedAtMs'),
    readyAtMs: value('readyAtMs'),
    firstServedAtMs: value('firstServedAtMs'),
    cpuSeconds: value('cpuSeconds'),
    cpuLimitCores: value('cpuLimitCores'),
    cpuRequestCores: value('cpuRequestCores'),
    quotaPeriods: value('quotaPeriods'),
    throttledPeriods: value('throttledPeriods'),
    throttledSeconds: value('throttledSeconds'),
    memoryBytes: value('memoryBytes'),
    memoryLimitBytes: value('memoryLimitBytes'),
    oomKills: value('oomKills'),
    cpuPressureShare: value('cpuPressureShare'),
    requests: value('requests'),
    errors: value('errors'),
    inFlight: value('inFlight'),
    busyConnections: value('busyConnections'),
    queuedForConnection: value('queuedForConnection'),
  };
}
