import { replicaStates, type ReplicaReading, type ServiceReading } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { Row } from './parquet.ts';
import { cellsOf, number, numberOrNull, oneOf, text } from './rows.ts';
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

export interface ServiceRows {
  readonly services: readonly Row[];
  readonly replicas: readonly Row[];
}

/**
 * Reads on in the order in which the rows were written.
 * @returns the services of the next sample: `count` of them, or null for -1
 * @throws TypeError if the rows do not belong together
 */
export function readServices(rows: ServiceRows): (atMs: number, count: number) => readonly ServiceReading[] | null {
  let [services, replicas] = [0, 0];
  const next = (from: readonly Row[], start: number, count: number, atMs: number, what: string): readonly Row[] => {
    const own = from.slice(start, start + count);
    if (own.length < count || own.some((row) => row['atMs'] !== atMs))
      throw new TypeError(`rows of ${what} of another sample at ${atMs} ms`);
    return own;
  };
  return (atMs, count) => {
    if (count < 0) return null;
    const own = next(rows.services, services, count, atMs, 'services');
    services += count;
    return own.map((row): ServiceReading => {
      const replicaCount = number(row, 'replicas');
      const ofReplicas = next(rows.replicas, replicas, replicaCount, atMs, 'replicas');
      replicas += replicaCount;
      return {
        service: text(row, 'service'),
        wanted: number(row, 'wanted'),
        replicas: ofReplicas.map(replicaReading),
        p50Ms: numberOrNull(row, 'p50Ms'),
        p95Ms: numberOrNull(row, 'p95Ms'),
        p99Ms: numberOrNull(row, 'p99Ms'),
      };
    });
  };
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
