import { expect, test } from 'vitest';
import type { FigureData } from '../../../harness/analysis/figure-data.ts';
import { makeFigureData } from '../../../harness/analysis/make-figure-data.ts';
import { summarize } from '../../../harness/analysis/summarize.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import type { RecordedExperiment } from '../../../harness/store/recorded-experiment.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import { log2SlotCount } from '../../../harness/telemetry/wait-slots.ts';
import { examplePlan, recordedOf, samplesOf, waitsOf, type RecordedBlock } from '../../rig/recorded.ts';

const block: RecordedBlock = {
  attempts: [
    ['idle', 1e-3],
    ['busy', 1e-3],
  ],
};

/** An experiment whose trials hold these samples instead; the others are as they are. */
function withSamples(
  blocks: readonly RecordedBlock[],
  samplesByTrial: Readonly<Record<string, readonly Sample[]>>,
  plan: Plan = examplePlan(),
): RecordedExperiment {
  const recorded = recordedOf(plan, blocks);
  const trials = new Map(recorded.trials);
  for (const [id, samples] of Object.entries(samplesByTrial)) {
    const trial = trials.get(id) ?? expect.fail(`no trial ${id}`);
    trials.set(id, { ...trial, samples });
  }
  return { ...recorded, trials };
}

const figureDataOf = (recorded: RecordedExperiment): FigureData => makeFigureData(recorded, summarize(recorded));

/** Samples whose canary waited so; the first sample, the warm-up, waited 5 s. */
const canaryOf = (...waitSeconds: readonly number[]): readonly Sample[] =>
  samplesOf((place) => ({ waits: [waitsOf('canary', place === 1 ? [5] : place === 2 ? waitSeconds : [])] }));

test('a histogram holds the share of waits by log2 slot, its median and range over the trials of an arm', () => {
  // 3 of 4 waits below 2 microseconds in one trial, 1 of 4 in the other, the rest from 8 to 16.
  const recorded = withSamples([block, block], {
    '001-idle-1': canaryOf(0.5e-6, 1.5e-6, 1.9e-6, 9e-6),
    '002-idle-1': canaryOf(1e-6, 9e-6, 10e-6, 15e-6),
  });
  const histogram = figureDataOf(recorded).histograms.find((one) => one.group === 'canary' && one.arm === 'idle');
  expect(histogram?.trials).toBe(2);
  expect(histogram?.slots).toHaveLength(log2SlotCount);
  expect(histogram?.slots[0]).toEqual({
    ...{ lowerMicros: 0, upperMicros: 2, medianShare: 0.5, lowShare: 0.25, highShare: 0.75 },
  });
  expect(histogram?.slots[1]).toEqual({
    ...{ lowerMicros: 2, upperMicros: 4, medianShare: 0, lowShare: 0, highShare: 0 },
  });
  expect(histogram?.slots[3]).toEqual({
    ...{ lowerMicros: 8, upperMicros: 16, medianShare: 0.5, lowShare: 0.25, highShare: 0.75 },
  });
  // The 5 s of the warm-up are nowhere.
  expect(histogram?.slots.at(-1)).toMatchObject({ lowerMicros: 2 ** 22, upperMicros: 2 ** 23, highShare: 0 });
});

test('both causes of a wait are in one histogram', () => {
  const waits = [waitsOf('canary', [3e-6]), waitsOf('canary', [100e-6], { cause: 'throttled' })];
  const recorded = withSamples([block], { '001-idle-1': samplesOf(() => ({ waits })) });
  const [histogram] = figureDataOf(recorded).histograms;
  expect(histogram?.slots.filter(({ medianShare }) => medianShare > 0).map(({ medianShare }) => medianShare)).toEqual([
    0.5, 0.5,
  ]);
});

test('a point for each sample of each trial, the warm-up marked as such', () => {
  const recorded = withSamples([block], { '001-busy-1': canaryOf(10e-6, 10e-6, 10e-6, 40e-6) });
  const points = figureDataOf(recorded).series.filter((point) => point.group === 'canary' && point.arm === 'busy');
  expect(points.map(({ block: number, atMs, warmup }) => [number, atMs, warmup])).toEqual([
    [1, 1000, true],
    [1, 2000, false],
    [1, 3000, false],
    [1, 4000, false],
    [1, 5000, false],
  ]);
  expect(points[1]?.p50Seconds).toBeCloseTo(10.5e-6, 15);
  expect(points[1]?.p95Seconds).toBeCloseTo(42e-6, 15);
  expect(points[1]?.p99Seconds).toBeCloseTo(42e-6, 15);
  // Nothing waited in the others.
  expect(points[2]).toMatchObject({ p50Seconds: null, p95Seconds: null, p99Seconds: null });
});

test('groups and arms come in the order of the plan', () => {
  const { histograms } = figureDataOf(recordedOf(examplePlan(), [block, block]));
  expect(histograms.map(({ group, arm, trials }) => [group, arm, trials])).toEqual([
    ['canary', 'idle', 2],
    ['canary', 'busy', 2],
    ['all', 'idle', 2],
    ['all', 'busy', 2],
  ]);
});

test('only valid trials that count are drawn', () => {
  const recorded = recordedOf(examplePlan(), [
    {
      attempts: [
        ['idle', 'invalid'],
        ['busy', 'failed'],
        ['idle', 1e-3],
      ],
    },
    { ...block, setAside: 'pause' },
    {
      attempts: [
        ['idle', 'lost'],
        ['busy', 1e-3],
      ],
    },
  ]);
  const { histograms, series } = figureDataOf(recorded);
  const drawn = series.filter(({ group }) => group === 'all').map(({ arm, block: number }) => `${arm} ${number}`);
  expect([...new Set(drawn)]).toEqual(['idle 1', 'busy 3']);
  expect(histograms.map(({ arm, trials }) => [arm, trials])).toEqual([
    ['idle', 1],
    ['busy', 1],
    ['idle', 1],
    ['busy', 1],
  ]);
});

test('without a canary there is none to draw', () => {
  const { histograms, series } = figureDataOf(recordedOf(examplePlan({ canary: null }), [block]));
  expect(new Set([...histograms, ...series].map(({ group }) => group))).toEqual(new Set(['all']));
});

test('a source without histograms has no histogram to draw, and points without quantiles', () => {
  const waits = [waitsOf('canary', [1e-3], { cause: 'any', slots: null })];
  const samples = samplesOf(() => ({ waits }));
  const recorded = withSamples([block], { '001-idle-1': samples, '001-busy-1': samples });
  const { histograms, series } = figureDataOf(recorded);
  expect(histograms).toEqual([]);
  expect(series.every(({ p50Seconds }) => p50Seconds === null)).toBe(true);
});

test('nothing recorded, nothing drawn', () => {
  expect(figureDataOf(recordedOf(examplePlan(), []))).toEqual({ histograms: [], series: [], application: null });
});
