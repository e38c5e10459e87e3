import fc from 'fast-check';
import type { Application } from '../../../harness/application/application.ts';
import { loadApplication } from '../../../harness/application/load-application.ts';
import type { Allocation } from '../../../harness/profile/allocation.ts';
import type { ArrivalProcess, Load, RateShape } from '../../../harness/profile/load.ts';
import type { Bounds, Range } from '../../../harness/profile/bounds.ts';
import { isApplicationMetric, metricNames, metricUnit, type MetricName } from '../../../harness/profile/metric.ts';
import type { JsonObject, PolicySpec } from '../../../harness/profile/policy-spec.ts';
import {
  sourceChoices,
  type ApplicationSpec,
  type CanarySpec,
  type DriverSpec,
  type Fault,
  type Margin,
  type Overrides,
  type Prices,
  type Profile,
  type TestbedSpec,
  type ThreadCount,
} from '../../../harness/profile/profile.ts';
import { exampleSpec } from './example-policies.ts';
import { formatDiagnostics } from '../../../harness/yaml/diagnostic.ts';
import { readerOf } from './profile-text.ts';

const nameText = fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,39}$/);
const threadCount: fc.Arbitrary<ThreadCount> = fc.oneof(
  fc.record({ threads: fc.integer({ min: 1, max: 1024 }) }),
  fc.record({ timesCores: fc.integer({ min: 1, max: 64 }) }),
);
const sim: fc.Arbitrary<TestbedSpec> = fc.record({
  kind: fc.constant('sim' as const),
  cores: fc.integer({ min: 1, max: 1024 }),
  workMicros: fc.integer({ min: 1, max: 3_600_000_000 }),
});
/** With the 12 digits that are kept of what `12.34/s` or `7/min` mean. */
const digits = (minimum: number, maximum: number): fc.Arbitrary<number> =>
  fc.double({ min: minimum, max: maximum, noNaN: true }).map((value) => Number(value.toPrecision(12)));

/** Down to what a person might write with many zeros. */
const rate = (minimum: number, maximum: number): fc.Arbitrary<number> =>
  digits(Math.max(minimum, 1e-9), maximum)
    .chain((value) => (minimum === 0 ? fc.constantFrom(0, value, value / 2 ** 20) : fc.constant(value)))
    .map((value) => Number(value.toPrecision(12)));

/** A share has the digits a person writes. */
const shareOf = (least: number): fc.Arbitrary<number> =>
  fc.integer({ min: least, max: 100_000 }).map((value) => Number((value / 100_000).toPrecision(12)));

const time = (least: number): fc.Arbitrary<number> =>
  fc.integer({ min: least * 1000, max: 3_600_000_000 }).map((micros) => micros / 1000);

const fileName = fc.stringMatching(/^[a-z]{1,8}\.(csv|txt)$/);

const rateShape: fc.Arbitrary<RateShape> = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), perSecond: rate(0.001, 1e6) }),
  fc.record({
    kind: fc.constant('steps' as const),
    steps: fc.array(fc.record({ perSecond: rate(0, 1e6), durationMs: time(1) }), { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    kind: fc.constant('ramp' as const),
    fromPerSecond: rate(0, 1e6),
    toPerSecond: rate(0, 1e6),
    durationMs: time(1),
  }),
  fc.record({
    kind: fc.constant('sine' as const),
    meanPerSecond: fc.constant(100),
    amplitudePerSecond: rate(0, 100),
    periodMs: time(1),
  }),
  fc.record({
    kind: fc.constant('diurnal' as const),
    lowPerSecond: rate(0, 10),
    highPerSecond: rate(10, 1e6),
    dayMs: time(1),
  }),
  fc.record({
    kind: fc.constant('spike' as const),
    basePerSecond: rate(0, 1e6),
    peakPerSecond: rate(0, 1e6),
    atMs: time(0),
    riseMs: time(0),
    holdMs: time(0),
    fallMs: time(0),
  }),
  fc.record({
    kind: fc.constant('trace' as const),
    file: fileName,
    // Every digit of a trace counts.
    perSecond: fc.array(
      fc.double({ min: 0, max: 1e6, noNaN: true }).map((value) => value + 0),
      { minLength: 1, maxLength: 5 },
    ),
    scale: fc.double({ min: 1e-6, max: 1e6, noNaN: true }),
    stepMs: fc.constant(1000),
  }),
);

const arrivals: fc.Arbitrary<ArrivalProcess> = fc.oneof(
  fc.constantFrom({ kind: 'poisson' as const }, { kind: 'even' as const }),
  fc.record({
    kind: fc.constant('bursty' as const),
    burstFactor: rate(1.1, 1000),
    burstMs: time(1),
    calmMs: time(1),
  }),
  fc.record({
    kind: fc.constant('instants' as const),
    file: fileName,
    atMs: fc
      .array(fc.integer({ min: 0, max: 20_000_000 }), { minLength: 1, maxLength: 10 })
      .map((micros) => micros.sort((a, b) => a - b).map((one) => one / 1000)),
  }),
);

/** Arrivals that are given make their own rate: how many there are in each second, and none after the last. */
const rateOf = (file: string, atMs: readonly number[]): RateShape => ({
  kind: 'trace',
  file,
  perSecond: Array.from(
    { length: Math.floor((atMs.at(-1) ?? 0) / 1000) + 2 },
    (_, second) => atMs.filter((one) => Math.floor(one / 1000) === second).length,
  ),
  scale: 1,
  stepMs: 1000,
});

const loadWith = (mixes: readonly string[]): fc.Arbitrary<Load> =>
  fc
    .record({ name: nameText, rate: rateShape, arrivals, mix: fc.constantFrom(null, ...mixes) })
    .map((load) =>
      load.arrivals.kind === 'instants' ? { ...load, rate: rateOf(load.arrivals.file, load.arrivals.atMs) } : load,
    );

/** For the loads of any number of profiles: each has a name of its own. */
const loadsWith = (mixes: readonly string[], minLength: number): fc.Arbitrary<readonly Load[]> =>
  fc.uniqueArray(loadWith(mixes), { minLength, maxLength: 4, selector: ({ name }) => name });

function modelOf(reference: string): Application {
  const fileName = `scalelab:${reference}.yaml`;
  const read = loadApplication({ text: readerOf()(fileName), fileName });
  if (!read.ok) throw new Error(formatDiagnostics(read.diagnostics));
  return read.application;
}

const allocationOf = ({ services }: Application): fc.Arbitrary<Allocation> =>
  fc.record(
    Object.fromEntries(
      services.map(({ name, role }) => [
        name,
        fc
          .record({
            replicas: role === 'store' ? fc.constant(1) : fc.integer({ min: role === 'front' ? 1 : 0, max: 100 }),
            cpuLimitCores: fc.option(digits(0.01, 1024)),
            cpuRequestCores: fc.option(digits(0.001, 1024)),
            memoryLimitBytes: fc.option(
              fc.oneof(
                fc.integer({ min: 1, max: 4096 }).map((size) => size * 2 ** 20),
                fc.integer({ min: 2 ** 20, max: 2 ** 40 }),
              ),
            ),
          })
          // Without one it is the limit.
          .map((share) => ({ ...share, cpuRequestCores: share.cpuRequestCores ?? share.cpuLimitCores })),
      ]),
    ),
  );

const rangeOf = (end: fc.Arbitrary<number>): fc.Arbitrary<Range> =>
  fc.tuple(end, end).map(([one, other]) => ({ least: Math.min(one, other), most: Math.max(one, other) }));

const boundsOf = ({ services }: Application): fc.Arbitrary<Bounds> =>
  fc.record(
    Object.fromEntries(
      services
        .filter(({ role }) => role !== 'store')
        .map(({ name, role }) => [
          name,
          fc.record({
            replicas: fc
              .tuple(fc.integer({ min: role === 'front' ? 1 : 0, max: 50 }), fc.integer({ min: 50, max: 100 }))
              .map(([least, most]) => ({ least, most })),
            cpuCores: rangeOf(digits(0.01, 1024)),
            memoryBytes: rangeOf(fc.integer({ min: 2 ** 20, max: 2 ** 40 })),
          }),
        ]),
    ),
  );

/** Of the examples that neither begin outside of any bounds nor are in a hurry. */
const policy: fc.Arbitrary<PolicySpec | null> = fc.option(
  fc
    .record({
      share: fc.integer({ min: 0, max: 1000 }).map((tenths) => `${tenths / 10} %`),
      note: fc.jsonValue({ maxDepth: 2 }),
    })
    // The type of fast-check's JSON has holes in its lists.
    .map((written) => exampleSpec('placer', written as JsonObject)),
);

const priceOf = fc.double({ min: 0, max: 1e6, noNaN: true }).map((price) => price + 0);
const prices: fc.Arbitrary<Prices> = fc.record({ coreHour: priceOf, gigabyteHour: priceOf });

const marginFor = (metric: MetricName): fc.Arbitrary<Margin | null> =>
  fc.option(
    fc.oneof(
      fc.record({ kind: fc.constant('share' as const), share: shareOf(10) }),
      fc.record({
        kind: fc.constant('value' as const),
        value: fc.double({ min: 1e-9, max: metricUnit(metric) === 'share' ? 1 : 1e9, noNaN: true }),
      }),
    ),
  );

const milliseconds = (least: number): fc.Arbitrary<number> => fc.integer({ min: least, max: 3_600_000 });

const driverFor = (sloMs: number): fc.Arbitrary<DriverSpec> =>
  fc
    .record({
      name: fc.constantFrom('built-in' as const, 'k6' as const),
      timeoutMs: milliseconds(Math.max(10, sloMs)),
      mostInFlight: fc.integer({ min: 1, max: 100_000 }),
      connections: fc.oneof(
        fc.constant({ kind: 'fresh' as const }),
        fc.record({ kind: fc.constant('kept' as const), maxAgeMs: fc.option(milliseconds(10)) }),
      ),
      spanShare: shareOf(0),
    })
    // k6 cannot drop connections by their age.
    .map((driver) =>
      driver.name === 'k6' && driver.connections.kind === 'kept'
        ? { ...driver, connections: { kind: 'kept', maxAgeMs: null } }
        : driver,
    );

/** @param trialMs so that they fall into the trial */
const faultsOf = (model: Application, trialMs: number): fc.Arbitrary<readonly Fault[]> => {
  const service = fc.constantFrom(...model.services.map(({ name }) => name));
  const atMs = fc.integer({ min: 0, max: trialMs - 1 });
  const fault = fc.oneof(
    fc.record({ kind: fc.constant('kill' as const), service, atMs }),
    fc.record({ kind: fc.constant('stop' as const), service, atMs, durationMs: milliseconds(1) }),
  );
  return fc.array(fault, { maxLength: 4 });
};

/** An application with what the profile says about it. */
const specOf = (
  reference: string,
  model: Application,
  sloMs: number,
  faults: fc.Arbitrary<readonly Fault[]>,
): fc.Arbitrary<ApplicationSpec> =>
  fc.record({
    reference: fc.constant(reference),
    model: fc.constant(model),
    sloMs: fc.constant(sloMs),
    driver: driverFor(sloMs),
    faults,
  });

const canary: fc.Arbitrary<CanarySpec> = fc.record({
  ratePerSecond: fc.integer({ min: 1, max: 10_000 }),
  workMicros: fc.integer({ min: 1, max: 99 }),
});
/** Of an arm that no hypothesis is about: there anything may be measured otherwise. */
const measured = { source: fc.constantFrom(...sourceChoices), canary: fc.option(canary) };

const cpuSet: fc.Arbitrary<string | null> = fc.option(fc.constantFrom('0', '1-3', '0,2-3'));
const localTestbed: fc.Arbitrary<TestbedSpec> = fc.record({
  kind: fc.constant('local' as const),
  applicationCpus: cpuSet,
  harnessCpus: cpuSet,
  port: fc.constantFrom(null, 1, 8080, 65_535),
});

const mostArms = 8;
const metricsOf = (names: readonly MetricName[]): fc.Arbitrary<readonly MetricName[]> =>
  fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 3 });
const metricsWithout = metricNames.filter((metric) => !isApplicationMetric(metric));

type OfApplication = Pick<Profile, 'testbed' | 'application' | 'loads' | 'bounds' | 'prices'> & {
  readonly metrics: readonly MetricName[];
  /** By arm; none without an application. */
  readonly allocations: readonly Allocation[];
  readonly assumedDemands: readonly number[];
  readonly policies: readonly (PolicySpec | null)[];
  /** By arm. */
  readonly overrides: readonly Overrides[];
};

const forEachArm = <Item>(item: fc.Arbitrary<Item>): fc.Arbitrary<Item[]> =>
  fc.array(item, { minLength: mostArms, maxLength: mostArms });

const withoutApplication = (
  testbed: fc.Arbitrary<TestbedSpec>,
  loads: fc.Arbitrary<readonly Load[]>,
  overrides: fc.Arbitrary<Overrides>,
): fc.Arbitrary<OfApplication> =>
  fc.record({
    testbed,
    loads,
    application: fc.constant(null),
    bounds: fc.constant(null),
    prices: fc.constant(null),
    metrics: metricsOf(metricsWithout),
    allocations: fc.constant([]),
    assumedDemands: fc.constant([]),
    policies: fc.constant([]),
    overrides: forEachArm(overrides),
  });

const withApplication = (reference: string, trialMs: number): fc.Arbitrary<OfApplication> => {
  const model = modelOf(reference);
  const factor = fc.integer({ min: 1, max: 10_000 }).map((percent) => Number((percent / 100).toPrecision(12)));
  const faults = faultsOf(model, trialMs);
  return milliseconds(1).chain((sloMs) =>
    fc.record({
      testbed: localTestbed,
      loads: loadsWith(
        model.mixes.map(({ name }) => name),
        1,
      ),
      application: specOf(reference, model, sloMs, faults),
      bounds: boundsOf(model),
      prices,
      metrics: metricsOf(metricNames),
      allocations: forEachArm(allocationOf(model)),
      assumedDemands: forEachArm(factor),
      policies: forEachArm(policy),
      overrides: forEachArm(fc.record({ ...measured, driver: driverFor(sloMs), faults }, { requiredKeys: [] })),
    }),
  );
};

/** Any valid profile with a canary; A/A and without a canary are covered by examples. */
export const arbitraryProfile: fc.Arbitrary<Profile> = fc
  .record({
    description: fc.option(fc.string({ maxLength: 200, unit: 'grapheme' })),
    seed: fc.maxSafeInteger().map((seed) => seed + 0),
    blocks: fc.integer({ min: 1, max: 1000 }),
    timeCompression: fc.double({ min: 1, max: 1000, noNaN: true }),
    sampleMs: fc.integer({ min: 100, max: 10_000 }),
    warmupSamples: fc.integer({ min: 0, max: 20 }),
    measuredSamples: fc.integer({ min: 2, max: 50 }),
    canary,
    names: fc.uniqueArray(nameText, { minLength: 2, maxLength: mostArms }),
    treatments: fc.uniqueArray(fc.option(threadCount), {
      minLength: mostArms,
      maxLength: mostArms,
      selector: (cpu) => JSON.stringify(cpu),
    }),
    limits: fc.record({
      stolenShare: shareOf(0),
      clockJumpMs: fc.integer({ min: 1, max: 3_600_000 }),
      observationGapMs: fc.integer({ min: 100, max: 3_600_000 }),
      notSentShare: shareOf(0),
      latenessP99Ms: fc.option(fc.integer({ min: 10, max: 3_600_000 }).map((micros) => micros / 1000)),
      generatorCpuShare: shareOf(1000),
    }),
  })
  .chain(({ sampleMs, warmupSamples, measuredSamples, ...rest }) => {
    const trialMs = (warmupSamples + measuredSamples) * sampleMs;
    const ofApplication = fc.oneof(
      // The local testbed takes no load without an application.
      {
        weight: 3,
        arbitrary: withoutApplication(localTestbed, fc.constant([]), fc.record(measured, { requiredKeys: [] })),
      },
      { weight: 6, arbitrary: withoutApplication(sim, loadsWith([], 0), fc.constant({ source: 'auto' })) },
      { weight: 8, arbitrary: withApplication('echo', trialMs) },
      // Large, and so seldom.
      { weight: 1, arbitrary: withApplication('social-network', trialMs) },
    );
    return fc.record({
      own: fc.constant({ ...rest, trialMs, warmupMs: warmupSamples * sampleMs, sampleMs }),
      ofApplication: ofApplication.chain((one) =>
        fc.record({ one: fc.constant(one), margins: fc.tuple(...one.metrics.map(marginFor)) }),
      ),
    });
  })
  .map(({ own: { names, treatments, ...own }, ofApplication: { one, margins } }) => {
    const { allocations, assumedDemands, policies, overrides, metrics, ...rest } = one;
    const [first = '', second = ''] = names;
    return {
      ...own,
      ...rest,
      // Arrivals that are given cannot be compressed.
      timeCompression: rest.loads.some((load) => load.arrivals.kind === 'instants') ? 1 : own.timeCompression,
      aa: false,
      source: 'auto',
      arms: names.map((name, index) => ({
        name,
        disturbances: { cpu: treatments[index] ?? null },
        allocation: allocations[index] ?? null,
        assumedDemand: assumedDemands[index] ?? 1,
        policy: policies[index] ?? null,
        // The hypotheses are about the first two.
        overrides: index < 2 ? {} : (overrides[index] ?? {}),
      })),
      hypotheses: metrics.map((metric, index) => ({
        arm: first,
        against: second,
        metric,
        margin: margins[index] ?? null,
      })),
    };
  });
