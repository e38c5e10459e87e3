import { describe, expect, test } from 'vitest';
import { measureLoad } from '../../../harness/analysis/measure-load.ts';
import type { LoadMetrics } from '../../../harness/analysis/summary.ts';
import { noCounts } from '../../rig/fake-driver.ts';
import { logOf, type Request } from '../../rig/arbitrary-requests.ts';
import { cleanGenerator } from '../../rig/recorded-application.ts';
import { examplePlan, samplesOf } from '../../rig/recorded.ts';

/** Warm-up to 1000 ms, end at 5000 ms, objective 100 ms. */
const loadOf = (requests: readonly Request[]): LoadMetrics =>
  measureLoad(
    examplePlan(),
    { samples: [], requests: logOf(requests) },
    { ...cleanGenerator, cpuCores: 0.375, capacityCores: 1.5 },
    { sloMs: 100, timeoutMs: 1000 },
  );

test('ten requests computed by hand, of which two are not in the measured part', () => {
  const metrics = loadOf([
    // In the warm-up by its due instant, though it was sent and answered after it.
    { dueMs: 999.999, sentMs: 1500, doneMs: 4999 },
    // Sent 2 ms late and answered 40 ms after that: 42 ms.
    { dueMs: 1000, sentMs: 1002, doneMs: 1042 },
    // As late as the objective allows, and just later.
    { dueMs: 1500, sentMs: 1500, doneMs: 1600 },
    { dueMs: 2000, sentMs: 2001, doneMs: 2101 },
    // An answer after the end of the trial counts: its request was due in it.
    { dueMs: 4999, sentMs: 4999, doneMs: 5199 },
    // A quick error is a violation, and no quick answer.
    { dueMs: 2500, sentMs: 2500, doneMs: 2501, outcome: 'error-status', status: 500 },
    { dueMs: 3000, sentMs: 3004, doneMs: 4000, outcome: 'timed-out', status: 0 },
    { dueMs: 3500, sentMs: NaN, doneMs: NaN, outcome: 'not-sent-in-flight', status: 0 },
    { dueMs: 4000, sentMs: NaN, doneMs: NaN, outcome: 'not-sent-generator', status: 0 },
    // After the end of the trial.
    { dueMs: 5000, sentMs: 5000, doneMs: 5001 },
  ]);

  const { latencySeconds, latenessP99Ms, ...rest } = metrics;
  expect(rest).toEqual({
    offered: 8,
    completed: 4,
    failed: 2,
    timedOut: 1,
    notSentInFlight: 1,
    notSentGenerator: 1,
    // Late: 2; failed: 2; not sent: 2.
    violationShare: 6 / 8,
    // 0, 0, 0, 1, 2, 4.
    latenessP50Ms: 0.5,
    latenessMaxMs: 4,
    generatorCpuShare: 0.25,
  });
  expect(latenessP99Ms).toBeCloseTo(3.9, 12);
  // 42, 100, 101 and 200 ms, and four times the time-out of 1 s: what was not answered with success is not left out.
  expect(latencySeconds.p50).toBeCloseTo(0.6, 12);
  expect(latencySeconds.p95).toBe(1);
  expect(latencySeconds.p99).toBe(1);
  expect(latencySeconds.p999).toBe(1);
  expect(latencySeconds.mean).toBeCloseTo(4.443 / 8, 12);
});

test('p99.9 lies between the two slowest of a thousand', () => {
  const requests = Array.from({ length: 1000 }, (_, index) => ({ dueMs: 2000, doneMs: 2001 + index }));

  // At place 998.001 of 999: 999 ms and a thousandth.
  expect(loadOf(requests).latencySeconds.p999).toBeCloseTo(0.999001, 12);
});

test('every outcome but a success in time is a violation', () => {
  const outcomes = [
    ...(['ok', 'error-status', 'timed-out', 'connection-failed', 'unfinished'] as const),
    ...(['not-sent-in-flight', 'not-sent-generator'] as const),
  ];
  const shares = outcomes.map((outcome) => loadOf([{ dueMs: 2000, outcome }]).violationShare);

  expect(shares).toEqual([0, 1, 1, 1, 1, 1, 1]);
  expect(loadOf(outcomes.map((outcome) => ({ dueMs: 2000, outcome })))).toMatchObject({
    ...{ offered: 7, completed: 1, failed: 4, timedOut: 1, notSentInFlight: 1, notSentGenerator: 1 },
  });
});

test('where nothing was answered, latency is the time-out and not missing', () => {
  expect(loadOf([{ dueMs: 2000, outcome: 'timed-out' }])).toMatchObject({
    ...{ offered: 1, completed: 0, violationShare: 1, latenessMaxMs: 0 },
    latencySeconds: { p50: 1, p95: 1, p99: 1, p999: 1, mean: 1 },
  });
});

test('the CPU of the generator is that of the measured part, where samples have it', () => {
  const reading = { endpoints: [], total: noCounts, latenessP99Ms: null, inFlight: 0 };
  const samples = samplesOf((place) => ({ load: { ...reading, generatorCpuSeconds: place === 1 ? 0 : 0.9 } }));
  const generator = { ...cleanGenerator, cpuCores: 0.1, capacityCores: 1 };
  const { generatorCpuShare } = measureLoad(examplePlan(), { samples, requests: logOf([]) }, generator, {
    ...{ sloMs: 100, timeoutMs: 1000 },
  });

  expect(generatorCpuShare).toBeCloseTo(0.9, 12);
});

describe('what is missing is null, never 0', () => {
  const nothing = { p50: null, p95: null, p99: null, p999: null, mean: null };

  test('nothing was asked', () => {
    expect(loadOf([])).toMatchObject({
      ...{ offered: 0, completed: 0, failed: 0, latencySeconds: nothing, violationShare: null },
      ...{ latenessP50Ms: null, latenessP99Ms: null, latenessMaxMs: null },
    });
  });

  test('the CPU of the generator', () => {
    const generator = { ...cleanGenerator, cpuCores: null };

    expect(
      measureLoad(examplePlan(), { samples: [], requests: logOf([]) }, generator, { sloMs: 100, timeoutMs: 1000 })
        .generatorCpuShare,
    ).toBeNull();
  });
});
