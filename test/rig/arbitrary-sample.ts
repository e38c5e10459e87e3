import fc from 'fast-check';
import {
  replicaStates,
  type ReplicaReading,
  type ServiceReading,
} from '../../harness/telemetry/application-reading.ts';
import type { LoadCounts, LoadReading } from '../../harness/telemetry/load-reading.ts';
import {
  waitCauses,
  waitSources,
  type HostReading,
  type Sample,
  type TracerReading,
  type WaitReading,
} from '../../harness/telemetry/sample.ts';
import { slotCount } from '../../harness/telemetry/wait-slots.ts';

const count = fc.nat(2_000_000_000);
const seconds = fc.double({ min: 0, max: 1e6, noNaN: true });

const waits: fc.Arbitrary<WaitReading> = fc.record({
  group: fc.constantFrom('canary', 'disturbance', 'all'),
  cause: fc.constantFrom(...waitCauses),
  count,
  waitSeconds: seconds,
  slots: fc.option(fc.array(fc.nat(2 ** 32 - 1), { minLength: slotCount, maxLength: slotCount })),
});

const host: fc.Arbitrary<HostReading> = fc.record({
  busySeconds: seconds,
  stolenSeconds: seconds,
  capacitySeconds: seconds,
  contextSwitches: count,
});

const tracer: fc.Arbitrary<TracerReading> = fc.record({
  helperCpuSeconds: seconds,
  residentBytes: fc.maxSafeNat(),
  switches: count,
  wakeups: count,
  lost: count,
  negative: count,
  unknown: count,
});

const maybe = fc.option(seconds);
const maybeCount = fc.option(count);

const replica: fc.Arbitrary<ReplicaReading> = fc.record({
  id: fc.constantFrom('nginx-1', 'echo-12'),
  state: fc.constantFrom(...replicaStates),
  startedAtMs: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  readyAtMs: maybe,
  firstServedAtMs: maybe,
  cpuSeconds: maybe,
  cpuLimitCores: maybe,
  cpuRequestCores: maybe,
  quotaPeriods: maybeCount,
  throttledPeriods: maybeCount,
  throttledSeconds: maybe,
  memoryBytes: maybeCount,
  memoryLimitBytes: maybeCount,
  oomKills: maybeCount,
  cpuPressureShare: maybe,
  requests: maybeCount,
  errors: maybeCount,
  inFlight: maybeCount,
  busyConnections: maybeCount,
  queuedForConnection: maybeCount,
});

const service: fc.Arbitrary<ServiceReading> = fc.record({
  service: fc.constantFrom('nginx', 'echo'),
  wanted: fc.nat(100),
  replicas: fc.array(replica, { maxLength: 3 }),
  p50Ms: maybe,
  p95Ms: maybe,
  p99Ms: maybe,
});

const counts: { readonly [Field in keyof LoadCounts]: fc.Arbitrary<LoadCounts[Field]> } = {
  offered: count,
  sent: count,
  completed: count,
  failed: count,
  notSent: count,
  p50Ms: maybe,
  p95Ms: maybe,
  p99Ms: maybe,
};

const load: fc.Arbitrary<LoadReading> = fc.record({
  endpoints: fc.array(fc.record({ endpoint: fc.constantFrom('say', 'look'), ...counts }), { maxLength: 3 }),
  total: fc.record(counts),
  generatorCpuSeconds: maybe,
  latenessP99Ms: maybe,
  inFlight: count,
});

/** Samples with everything that may be missing missing now and then. Instants may repeat, as they do when the tracer is lost. */
export const arbitrarySamples: fc.Arbitrary<readonly Sample[]> = fc.array(
  fc.record({
    atMs: fc.oneof(fc.double({ min: 0, max: 1e7, noNaN: true }), fc.constantFrom(0, 1000, 1000.5)),
    intervalMs: fc.double({ min: 0, max: 1e5, noNaN: true }),
    clockOffsetMs: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    source: fc.constantFrom(...waitSources),
    waits: fc.option(fc.array(waits, { maxLength: 6 })),
    host: fc.option(host),
    tracer: fc.option(tracer),
    services: fc.option(fc.array(service, { maxLength: 3 })),
    load: fc.option(load),
  }),
  { maxLength: 8 },
);
