import { describe, expect, test } from 'vitest';
import { measure } from '../../../harness/analysis/measure.ts';
import { measureApplication } from '../../../harness/analysis/measure-application.ts';
import { replicaTotals } from '../../../harness/analysis/replica-totals.ts';
import type { TrialMetrics } from '../../../harness/analysis/summary.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import type { TrialRecord } from '../../../harness/store/trial-record.ts';
import type { ReplicaEvent, ReplicaReading, ServiceReading } from '../../../harness/telemetry/application-reading.ts';
import type { TrialEvidence } from '../../../harness/telemetry/evidence.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { noCounts } from '../../rig/fake-driver.ts';
import { logOf } from '../../rig/arbitrary-requests.ts';
import { applicationOf, cleanGenerator, modelNamed } from '../../rig/recorded-application.ts';
import { armOf, cleanEvidence, examplePlan, sampleOf, waitsOf } from '../../rig/recorded.ts';

const unknown: Omit<ReplicaReading, 'id'> = {
  ...{ state: 'ready', startedAtMs: -500, readyAtMs: -100, firstServedAtMs: null },
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
};

const serviceOf = (service: string, ...replicas: readonly Partial<ReplicaReading>[]): ServiceReading => ({
  ...{ service, wanted: replicas.length, p50Ms: null, p95Ms: null, p99Ms: null },
  replicas: replicas.map((replica, index) => ({ ...unknown, id: `${service}-${index + 1}`, ...replica })),
});

const totalsOf = (samples: readonly Sample[]) => replicaTotals({ application: null }, samples);

const eventOf = (type: ReplicaEvent['type'], atMs: number): ReplicaEvent => ({
  ...{ atMs, service: 'echo', replica: 'echo-1', type, text: '' },
});

const evidenceWith = (...events: readonly ReplicaEvent[]): TrialEvidence => ({
  ...cleanEvidence,
  application: { events, startFailure: null },
  generator: cleanGenerator,
});

describe('two samples of two services computed by hand', () => {
  const samples = [
    sampleOf(2, {
      services: [
        serviceOf('gate', { cpuSeconds: 0.25, throttledSeconds: 0, memoryBytes: 10e6 }),
        serviceOf('echo', { cpuSeconds: 0.5, throttledSeconds: 0.125, memoryBytes: 20e6 }, { memoryBytes: 5e6 }),
      ],
    }),
    sampleOf(3, {
      services: [
        serviceOf('gate', { cpuSeconds: 0.25, memoryBytes: 12e6 }),
        serviceOf('echo', { cpuSeconds: 0.5, throttledSeconds: 0.25, memoryBytes: 16e6 }),
      ],
    }),
  ];

  test('CPU and throttling are sums over replicas, memory is the most at one time', () => {
    expect(measureApplication(totalsOf(samples), 2, evidenceWith())).toEqual({
      cpuCores: 0.75,
      throttledSeconds: 0.375,
      mostMemoryBytes: 35e6,
      oomKills: 0,
      restarts: 0,
    });
  });

  test('kills and restarts are those of the whole trial, counted from its events', () => {
    const events = [
      eventOf('killed-by-memory-limit', -20),
      eventOf('restarted', 10),
      eventOf('killed-by-memory-limit', 4000),
      eventOf('killed-by-profile', 4100),
      eventOf('restarted', 4200),
      eventOf('stopped-by-profile', 4300),
    ];

    expect(measureApplication(totalsOf(samples), 2, evidenceWith(...events))).toMatchObject({
      oomKills: 2,
      restarts: 2,
    });
  });
});

describe('what is missing is null, never 0', () => {
  test('no replica says what it used', () => {
    expect(
      measureApplication(totalsOf([sampleOf(2, { services: [serviceOf('gate', {})] })]), 1, evidenceWith()),
    ).toEqual({
      ...{ cpuCores: null, throttledSeconds: null, mostMemoryBytes: null, oomKills: 0, restarts: 0 },
    });
  });

  test('no replica is there', () => {
    expect(
      measureApplication(totalsOf([sampleOf(2, { services: [] })]), 1, evidenceWith())?.mostMemoryBytes,
    ).toBeNull();
  });

  test('no application, or no time in which it was measured', () => {
    expect(measureApplication(totalsOf([sampleOf(2)]), 1, cleanEvidence)).toBeNull();
    expect(measureApplication(totalsOf([]), 0, evidenceWith())).toBeNull();
  });
});

describe('the metrics of a trial with an application', () => {
  const application = applicationOf(modelNamed('echo'), { sloMs: 100 });
  const plan = examplePlan({ application });
  function metricsOf(
    samples: readonly Sample[],
    {
      events = [],
      ...changes
    }: Partial<Pick<Plan, 'prices' | 'arms'>> & { readonly events?: readonly ReplicaEvent[] } = {},
  ): TrialMetrics {
    const evidence = evidenceWith(...events);
    const record: TrialRecord = {
      format: 1,
      verdict: { kind: 'valid' },
      ...{ id: '001-idle-1', block: 1, arm: 'idle', attempt: 1, load: null, seed: 1 },
      ...{ startedAt: '', endedAt: '', files: {}, evidence },
    };
    const requests = logOf([
      { dueMs: 500, doneMs: 4000 },
      { dueMs: 1000, doneMs: 1050 },
      { dueMs: 2000, doneMs: 2150 },
      { dueMs: 3000, doneMs: 3001, outcome: 'error-status' },
    ]);
    return measure({ ...plan, ...changes }, { record, recordSha256: '', samples, requests, spans: [], control: null });
  }

  test('waits of the application are those of all replicas, and of nobody else', () => {
    const others = ['canary', 'disturbance', 'all'].map((group) => waitsOf(group, [1]));
    const { values } = metricsOf([
      // In the warm-up.
      sampleOf(1, { waits: [waitsOf('gate-1', [1])] }),
      sampleOf(2, { waits: [...others, waitsOf('gate-1', [10e-6, 10e-6]), waitsOf('echo-1', [40e-6])] }),
      sampleOf(3, { waits: [...others, waitsOf('echo-2', [20e-6], { cause: 'throttled' })] }),
    ]);

    expect(values['application-wait-mean']).toBeCloseTo(20e-6, 15);
    // 80 microseconds in 2 s.
    expect(values['application-wait-total']).toBeCloseTo(40e-6, 15);
    expect(values['application-wait-p50']).toBeCloseTo(10.5e-6, 15);
    expect(values['application-wait-p99']).toBeCloseTo(42e-6, 15);
  });

  test('there are none where no replica was watched', () => {
    const { values } = metricsOf([sampleOf(2, { waits: [waitsOf('all', [1])] })]);

    expect([values['application-wait-mean'], values['application-wait-total'], values['application-wait-p95']]).toEqual(
      [null, null, null],
    );
  });

  test('latencies are in seconds, shares are shares, and CPU is in cores', () => {
    const services = [serviceOf('gate', { cpuSeconds: 0.25 })];
    const { values } = metricsOf([sampleOf(2, { services }), sampleOf(3, { services })]);

    // 50 ms, 150 ms, and the time-out of 2 s.
    expect(values['latency-mean']).toBeCloseTo(2.2 / 3, 12);
    expect(values).toMatchObject({ 'latency-p50': 0.15, 'violation-share': 2 / 3, 'cpu-cores': 0.25 });
  });

  test('violations are in seconds, what was reserved is what the limits of a trial add up to, and a policy that is none does nothing', () => {
    const limits = { cpuSeconds: 0.25, cpuLimitCores: 0.5, cpuRequestCores: 0.25, memoryLimitBytes: 500e6 };
    const periods = { quotaPeriods: 10, throttledPeriods: 3 };
    const services = [serviceOf('gate', { ...limits, ...periods }), serviceOf('echo', { ...limits, quotaPeriods: 5 })];
    const { values, control, reactions } = metricsOf([sampleOf(2, { services }), sampleOf(3, { services })]);

    expect(values).toMatchObject({
      // Of 50 ms, 150 ms and the time-out, each in a second of its own; nothing was due in the last of the four.
      ...{ 'violation-seconds': 2, 'longest-violation': 2, 'violation-area': 0.5 + 19 },
      // Two seconds of two replicas.
      ...{ 'core-seconds': 2, 'core-seconds-requested': 1, 'core-seconds-used': 1, 'gigabyte-seconds': 2 },
      ...{ 'replica-seconds': 4, cost: null, 'application-throttled-share': 6 / 30 },
      ...{ 'oom-kills': 0, actions: 0, reversals: 0 },
    });
    expect({ control, reactions }).toEqual({ control: null, reactions: [] });
  });

  test('an arm that gives its load another time-out is measured by that one', () => {
    const driver = { ...application.driver, timeoutMs: 500 };
    const arms = [{ ...armOf('idle', null), overrides: { driver } }];

    expect(metricsOf([sampleOf(2)], { arms }).values['latency-mean']).toBeCloseTo(0.7 / 3, 12);
  });

  test('a cost needs prices, and kills count where they happened in the measured part', () => {
    const limits = { cpuLimitCores: 0.5, memoryLimitBytes: 500e6 };
    const services = [serviceOf('gate', limits), serviceOf('echo', limits)];
    const kills = [500, 1000, 4999, 5000].map((atMs) => eventOf('killed-by-memory-limit', atMs));
    const { values } = metricsOf([sampleOf(2, { services })], {
      prices: { coreHour: 3.6, gigabyteHour: 7.2 },
      events: [...kills, eventOf('restarted', 2000)],
    });

    // A core-second at 0.001, and a gigabyte-second at 0.002.
    expect(values.cost).toBeCloseTo(0.003, 12);
    expect(values['oom-kills']).toBe(2);
  });

  test('what neither the application nor its load used is other work', () => {
    const host = { busySeconds: 1, stolenSeconds: 0, capacitySeconds: 2, contextSwitches: 1 };
    const services = [serviceOf('gate', { cpuSeconds: 0.25 }), serviceOf('echo', { cpuSeconds: 0.25 })];
    const load = { endpoints: [], total: noCounts, generatorCpuSeconds: 0.25, latenessP99Ms: null, inFlight: 0 };

    expect(metricsOf([sampleOf(2, { host, services, load })])).toMatchObject({ busyShare: 0.5, otherShare: 0.125 });
    const idle = { ...host, busySeconds: 0.5 };
    expect(metricsOf([sampleOf(2, { host: idle, services, load })])).toMatchObject({ otherShare: 0 });
  });
});
