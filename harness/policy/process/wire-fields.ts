import type { ReplicaReading, ServiceReading } from '../../telemetry/application-reading.ts';
import type { EndpointReading, LoadCounts, LoadReading } from '../../telemetry/load-reading.ts';
import type { HostReading, TracerReading } from '../../telemetry/sample.ts';

/*
 * The order in which fields are written, which is part of the protocol: a program without a JSON reader can then find them by searching.
 * Whoever builds a sample is free to have another.
 */
type Order<Reading> = Readonly<Record<keyof Reading, true>>;

const counts: Order<LoadCounts> = {
  ...{ offered: true, sent: true, completed: true, failed: true, notSent: true },
  ...{ p50Ms: true, p95Ms: true, p99Ms: true },
};

const orders = {
  service: { service: true, wanted: true, p50Ms: true, p95Ms: true, p99Ms: true } satisfies Order<
    Omit<ServiceReading, 'replicas'>
  >,
  replica: {
    ...{ id: true, state: true, startedAtMs: true, readyAtMs: true, firstServedAtMs: true },
    ...{ cpuSeconds: true, cpuLimitCores: true, cpuRequestCores: true },
    ...{ quotaPeriods: true, throttledPeriods: true, throttledSeconds: true },
    ...{ memoryBytes: true, memoryLimitBytes: true, oomKills: true, cpuPressureShare: true },
    ...{ requests: true, errors: true, inFlight: true, busyConnections: true, queuedForConnection: true },
  } satisfies Order<ReplicaReading>,
  counts,
  endpoint: { endpoint: true, ...counts } satisfies Order<EndpointReading>,
  load: { generatorCpuSeconds: true, latenessP99Ms: true, inFlight: true } satisfies Order<
    Omit<LoadReading, 'endpoints' | 'total'>
  >,
  host: {
    ...{ busySeconds: true, stolenSeconds: true, capacitySeconds: true, contextSwitches: true },
  } satisfies Order<HostReading>,
  tracer: {
    ...{ helperCpuSeconds: true, residentBytes: true, switches: true, wakeups: true },
    ...{ lost: true, negative: true, unknown: true },
  } satisfies Order<TracerReading>,
};

/** The fields of a reading in the order of the protocol, and no others. */
export function inOrder<Reading extends object, Name extends keyof typeof orders>(
  name: Name,
  reading: Reading & Readonly<Record<keyof (typeof orders)[Name], unknown>>,
): Pick<Reading, keyof Reading & keyof (typeof orders)[Name]> {
  // Keys of the order are keys of the reading: that is its type.
  const keys = Object.keys(orders[name]) as (keyof Reading & keyof (typeof orders)[Name])[];
  return Object.fromEntries(keys.map((key) => [key, reading[key]])) as Pick<Reading, (typeof keys)[number]>;
}
