import type { ReplicaReading, ServiceReading } from '../../harness/telemetry/application-reading.ts';

/** A ready replica that did nothing, and of which nothing is known that may be unknown. */
export function replicaOf(id: string, changes: Partial<ReplicaReading> = {}): ReplicaReading {
  return {
    ...{ id, state: 'ready', startedAtMs: -1000, readyAtMs: -500, firstServedAtMs: null },
    ...{
      cpuSeconds: null,
      cpuLimitCores: null,
      cpuRequestCores: null,
      quotaPeriods: null,
      throttledPeriods: null,
      throttledSeconds: null,
    },
    ...{ memoryBytes: null, memoryLimitBytes: null, oomKills: null, cpuPressureShare: null },
    ...{ requests: null, errors: null, inFlight: null, busyConnections: null, queuedForConnection: null },
    ...changes,
  };
}

export const serviceOf = (service: string, ...replicas: readonly ReplicaReading[]): ServiceReading => ({
  ...{ service, wanted: replicas.length, replicas, p50Ms: null, p95Ms: null, p99Ms: null },
});
