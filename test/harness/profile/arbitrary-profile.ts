import fc from 'fast-check';
import { metricNames } from '../../../harness/profile/metric.ts';
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

/** Any valid profile with a canary; A/A and without a canary are covered by examples. */
export const arbitraryProfile: fc.Arbitrary<Profile> = fc
  .record({
    description: fc.option(fc.string({ maxLength: 200, unit: 'grapheme' })),
    seed: fc.maxSafeInteger().map((seed) => seed + 0),
    blocks: fc.integer({ min: 1, max: 1000 }),
    testbed: fc.oneof(fc.constant<TestbedSpec>({ kind: 'local' }), sim),
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
    loads: fc.uniqueArray(fc.record({ name: nameText, ratePerSecond: rate(0.001, 1e6) }), {
      maxLength: 4,
      selector: ({ name }) => name,
    }),
    metrics: fc.uniqueArray(fc.constantFrom(...metricNames), { minLength: 1, maxLength: 3 }),
    limits: fc.record({
      // A share has the digits a person writes.
      stolenShare: fc.integer({ min: 0, max: 100_000 }).map((value) => Number((value / 100_000).toPrecision(12))),
      clockJumpMs: fc.integer({ min: 1, max: 3_600_000 }),
      observationGapMs: fc.integer({ min: 100, max: 3_600_000 }),
    }),
  })
  .map(({ sampleMs, warmupSamples, measuredSamples, names, treatments, metrics, loads, testbed, ...rest }) => {
    const [first = '', second = ''] = names;
    return {
      ...rest,
      aa: false,
      testbed,
      source: 'auto',
      trialMs: (warmupSamples + measuredSamples) * sampleMs,
      warmupMs: warmupSamples * sampleMs,
      sampleMs,
      arms: names.map((name, index) => ({ name, disturbances: { cpu: treatments[index] ?? null } })),
      // The local testbed takes no load.
      loads: testbed.kind === 'sim' ? loads : [],
      hypotheses: metrics.map((metric) => ({ arm: first, against: second, metric })),
    };
  });
