import fc from 'fast-check';
import type { Load } from '../../../harness/profile/load.ts';
import { isApplicationMetric, metricNames } from '../../../harness/profile/metric.ts';
import type { Profile, TestbedSpec, ThreadCount } from '../../../harness/profile/profile.ts';

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
const rate = (minimum: number, maximum: number): fc.Arbitrary<number> =>
  fc.double({ min: minimum, max: maximum, noNaN: true }).map((value) => Number(value.toPrecision(12)));

/** A share has the digits a person writes. */
const shareOf = (least: number): fc.Arbitrary<number> =>
  fc.integer({ min: least, max: 100_000 }).map((value) => Number((value / 100_000).toPrecision(12)));

const time = (least: number): fc.Arbitrary<number> =>
  fc.integer({ min: least * 1000, max: 3_600_000_000 }).map((micros) => micros / 1000);

const load: fc.Arbitrary<Load> = fc.record({
  name: nameText,
  rate: fc.oneof(
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
  ),
  arrivals: fc.oneof(
    fc.constantFrom({ kind: 'poisson' as const }, { kind: 'even' as const }),
    fc.record({
      kind: fc.constant('bursty' as const),
      burstFactor: rate(1.1, 1000),
      burstMs: time(1),
      calmMs: time(1),
    }),
  ),
  mix: fc.constant(null),
});

/** Any valid profile with a canary; A/A and without a canary are covered by examples. */
export const arbitraryProfile: fc.Arbitrary<Profile> = fc
  .record({
    description: fc.option(fc.string({ maxLength: 200, unit: 'grapheme' })),
    seed: fc.maxSafeInteger().map((seed) => seed + 0),
    blocks: fc.integer({ min: 1, max: 1000 }),
    testbed: fc.oneof(
      fc.constant<TestbedSpec>({ kind: 'local', applicationCpus: null, harnessCpus: null, port: null }),
      sim,
    ),
    sampleMs: fc.integer({ min: 100, max: 10_000 }),
    warmupSamples: fc.integer({ min: 0, max: 20 }),
    measuredSamples: fc.integer({ min: 2, max: 50 }),
    canary: fc.record({
      ratePerSecond: fc.integer({ min: 1, max: 10_000 }),
      workMicros: fc.integer({ min: 1, max: 99 }),
    }),
    names: fc.uniqueArray(nameText, { minLength: 2, maxLength: 8 }),
    treatments: fc.uniqueArray(fc.option(threadCount), {
      minLength: 8,
      maxLength: 8,
      selector: (cpu) => JSON.stringify(cpu),
    }),
    loads: fc.uniqueArray(load, {
      maxLength: 4,
      selector: ({ name }) => name,
    }),
    metrics: fc.uniqueArray(fc.constantFrom(...metricNames.filter((metric) => !isApplicationMetric(metric))), {
      minLength: 1,
      maxLength: 3,
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
  .map(({ sampleMs, warmupSamples, measuredSamples, names, treatments, metrics, loads, testbed, ...rest }) => {
    const [first = '', second = ''] = names;
    return {
      ...rest,
      aa: false,
      testbed,
      source: 'auto',
      application: null,
      timeCompression: 1,
      trialMs: (warmupSamples + measuredSamples) * sampleMs,
      warmupMs: warmupSamples * sampleMs,
      sampleMs,
      arms: names.map((name, index) => ({
        name,
        disturbances: { cpu: treatments[index] ?? null },
        allocation: null,
        assumedDemand: 1,
      })),
      // The local testbed takes no load.
      loads: testbed.kind === 'sim' ? loads : [],
      hypotheses: metrics.map((metric) => ({ arm: first, against: second, metric })),
    };
  });
