import { describe, expect, test } from 'vitest';
import { measure } from '../../../harness/analysis/measure.ts';
import type { TrialMetrics } from '../../../harness/analysis/summary.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import type { RecordedTrial } from '../../../harness/store/trial-record.ts';
import type { Sample, TracerReading } from '../../../harness/telemetry/sample.ts';
import type { TrialEvidence } from '../../../harness/telemetry/evidence.ts';
import { cleanEvidence, examplePlan, sampleOf, samplesOf, waitsOf } from '../../rig/recorded.ts';

const plan = examplePlan({ trialMs: 3000 });

function measured(
  samples: readonly Sample[],
  { by = plan, ...evidence }: Partial<TrialEvidence> & { readonly by?: Plan } = {},
): TrialMetrics {
  const record: RecordedTrial['record'] = {
    ...{ format: 1, id: '001-idle-1', block: 1, arm: 'idle', attempt: 1, load: null, seed: 1 },
    ...{ startedAt: '2026-11-24T14:00:00.000Z', endedAt: '2026-11-24T14:00:03.000Z', verdict: { kind: 'valid' } },
    evidence: { ...cleanEvidence, ...evidence },
    files: { 'samples.parquet': '', 'runqueue.parquet': '' },
  };
  return measure(by, { record, recordSha256: '', samples, requests: null, spans: [], control: null });
}

const tracer = (changes: Partial<TracerReading>): TracerReading => ({
  ...{ helperCpuSeconds: 0, residentBytes: 0, switches: 0, wakeups: 0, lost: 0, negative: 0, unknown: 0 },
  ...changes,
});

test('three samples computed by hand, the first of which is warm-up', () => {
  const samples: readonly Sample[] = [
    // Enormous, to be seen if any of it were counted.
    sampleOf(1, {
      waits: [waitsOf('canary', [5, 5, 5]), waitsOf('all', [9], { cause: 'throttled' })],
      host: { busySeconds: 99, stolenSeconds: 99, capacitySeconds: 2, contextSwitches: 1e6 },
      tracer: tracer({ helperCpuSeconds: 99, residentBytes: 99e6, switches: 1e9, lost: 9, negative: 9, unknown: 9 }),
    }),
    sampleOf(2, {
      atMs: 2000.5,
      intervalMs: 1000.5,
      waits: [
        waitsOf('canary', [10e-6, 10e-6, 10e-6]),
        waitsOf('all', [10e-6]),
        waitsOf('all', [30e-6], { cause: 'throttled' }),
      ],
      host: { busySeconds: 1.5, stolenSeconds: 0.01, capacitySeconds: 2, contextSwitches: 1000 },
      tracer: tracer({ helperCpuSeconds: 0.004, residentBytes: 3e6, switches: 900, wakeups: 600, lost: 1, unknown: 2 }),
    }),
    sampleOf(3, {
      atMs: 3000,
      intervalMs: 999.5,
      waits: [waitsOf('canary', [40e-6]), waitsOf('all', [20e-6]), waitsOf('all', [], { cause: 'throttled' })],
      host: { busySeconds: 0.5, stolenSeconds: 0.03, capacitySeconds: 2, contextSwitches: 500 },
      tracer: tracer({ helperCpuSeconds: 0.002, residentBytes: 2e6, switches: 400, wakeups: 100, negative: 3 }),
    }),
  ];
  const { values, tracer: cost, ...rest } = measured(samples, { kernelNsPerEvent: 200 });
  expect(values['canary-wait-mean']).toBeCloseTo(70e-6 / 4, 15);
  // 70 microseconds in the 2 s that were measured.
  expect(values['canary-wait-total']).toBeCloseTo(35e-6, 15);
  // 10 microseconds are in the slot from 10 to 11, 40 in that from 40 to 44.
  expect(values['canary-wait-p50']).toBeCloseTo(10.5e-6, 15);
  expect(values['canary-wait-p95']).toBeCloseTo(42e-6, 15);
  expect(values['canary-wait-p99']).toBeCloseTo(42e-6, 15);
  // Of all tasks, both causes together: 10, 20 and 30 microseconds.
  expect(values['all-wait-mean']).toBeCloseTo(20e-6, 15);
  expect(values['all-wait-p50']).toBeCloseTo(21e-6, 15);
  expect(rest.throttledShare).toBeCloseTo(0.5, 12);
  expect(rest).toMatchObject({ switches: 1500, stolenShare: 0.01, busyShare: 0.5, otherShare: 0.5 });
  expect(cost).toEqual({
    userCores: 0.003,
    residentBytes: 3e6,
    // 2000 events of 200 ns in 2 s.
    kernelCores: 0.0002,
    coverage: 1300 / 1500,
    ...{ lost: 1, unknown: 2, negative: 3 },
  });
});

describe('what is missing is null, never 0', () => {
  test('a source without a histogram has no quantiles, but a mean and a total', () => {
    const { values, throttledShare } = measured(
      samplesOf(() => ({ waits: [waitsOf('canary', [10e-6], { cause: 'any', slots: null })], tracer: null })),
    );
    expect(values['canary-wait-mean']).toBeCloseTo(10e-6, 15);
    expect(values['canary-wait-total']).toBeCloseTo(10e-6, 15);
    expect([values['canary-wait-p50'], values['canary-wait-p95'], values['canary-wait-p99']]).toEqual([
      null,
      null,
      null,
    ]);
    expect(throttledShare).toBeNull();
  });

  test('one sample without a histogram is enough: a part of the waits has no quantile of all', () => {
    const { values } = measured(
      samplesOf((place) => ({ waits: [waitsOf('canary', [10e-6], place === 4 ? { slots: null } : {})] })),
    );
    expect(values['canary-wait-p50']).toBeNull();
  });

  test('a group that never waited has a total of 0 and no mean', () => {
    const { values } = measured(samplesOf(() => ({ waits: [waitsOf('canary', [])] })));
    expect([values['canary-wait-total'], values['canary-wait-mean'], values['canary-wait-p95']]).toEqual([
      0,
      null,
      null,
    ]);
  });

  test('a group that was not measured has nothing', () => {
    const { values } = measured(samplesOf(() => ({ waits: [waitsOf('canary', [10e-6])] })));
    expect([values['all-wait-total'], values['all-wait-mean'], values['all-wait-p95']]).toEqual([null, null, null]);
  });

  test('a machine that says nothing about itself, and a source without a tracer', () => {
    expect(measured(samplesOf(() => ({ host: null, tracer: null })))).toMatchObject({
      ...{ switches: null, stolenShare: null, busyShare: null, otherShare: null, tracer: null },
    });
  });

  test('a tracer whose kernel part was not timed', () => {
    expect(measured(samplesOf())).toMatchObject({ tracer: { kernelCores: null, userCores: 0.001 } });
  });

  test('throttling where nothing waited, or where the source cannot tell it from contention', () => {
    expect(measured(samplesOf(() => ({ waits: [waitsOf('all', [])] }))).throttledShare).toBeNull();
    const mixed = [waitsOf('all', [1e-3]), waitsOf('all', [1e-3], { cause: 'any' })];
    expect(measured(samplesOf(() => ({ waits: mixed }))).throttledShare).toBeNull();
  });

  test('no sample at all', () => {
    const { values, ...rest } = measured([]);
    expect(new Set(Object.values(values))).toEqual(new Set([null]));
    expect(rest).toEqual({
      ...{
        load: null,
        application: null,
        control: null,
        reactions: [],
        throttledShare: null,
        canarySkippedShare: 0,
        switches: null,
        stolenShare: null,
        busyShare: null,
        otherShare: null,
        tracer: null,
      },
    });
  });

  test('samples of no length', () => {
    const { values, tracer: cost } = measured([sampleOf(2, { intervalMs: 0 })]);
    expect(values['canary-wait-total']).toBeNull();
    expect(cost).toBeNull();
  });
});

test('only throttling of all tasks counts for the share, not that of a group among them again', () => {
  const waits = [
    waitsOf('all', [3e-3]),
    waitsOf('all', [1e-3], { cause: 'throttled' }),
    waitsOf('canary', [1e-3], { cause: 'throttled' }),
  ];
  expect(measured(samplesOf(() => ({ waits }))).throttledShare).toBeCloseTo(0.25, 12);
});

test('wake-ups that the canary skipped are a share of those that were due', () => {
  const skipped = (canary: TrialEvidence['canary']): number | null =>
    measured(samplesOf(), { canary }).canarySkippedShare;
  expect(skipped({ wakeups: 900, skipped: 100, alive: true })).toBe(0.1);
  expect(skipped({ wakeups: 1000, skipped: 0, alive: true })).toBe(0);
  expect(skipped({ wakeups: 0, skipped: 0, alive: true })).toBeNull();
  expect(skipped(null)).toBeNull();
});

describe('warm-up is cut', () => {
  const meanOf = (samples: readonly Sample[]): number | null => measured(samples).values['canary-wait-mean'];
  const canary = (seconds: number): Sample['waits'] => [waitsOf('canary', [seconds])];

  test('a sample that ends a little after the warm-up is not counted, and the next one is', () => {
    const samples = [
      sampleOf(1, { atMs: 1008, intervalMs: 1008, waits: canary(5) }),
      sampleOf(2, { atMs: 2003, intervalMs: 995, waits: canary(10e-6) }),
    ];
    expect(meanOf(samples)).toBeCloseTo(10e-6, 15);
  });

  test('a sample that began in the warm-up and came so late that most of it lies behind is not counted either', () => {
    const samples = [
      sampleOf(1, { atMs: 2600, intervalMs: 2600, waits: canary(5) }),
      sampleOf(2, { atMs: 3000, intervalMs: 400, waits: canary(10e-6) }),
    ];
    expect(meanOf(samples)).toBeCloseTo(10e-6, 15);
  });

  test('a sample that began a moment before the end of the warm-up is counted', () => {
    expect(meanOf([sampleOf(2, { atMs: 1999.9, intervalMs: 1000, waits: canary(10e-6) })])).toBeCloseTo(10e-6, 15);
  });

  test('without warm-up every sample is counted', () => {
    const samples = [sampleOf(1, { waits: canary(3e-3) }), sampleOf(2, { waits: canary(1e-3) })];
    const { values } = measured(samples, { by: examplePlan({ warmupMs: 0 }) });
    expect(values['canary-wait-mean']).toBeCloseTo(2e-3, 12);
  });
});
