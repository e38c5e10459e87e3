import { expect, test } from 'vitest';
import { waitMetrics, waitTotals } from '../../../harness/analysis/wait-totals.ts';
import { sampleOf, waitsOf } from '../../rig/recorded.ts';

test('readings of a population add up over causes and samples, and those of replicas are the application', () => {
  const totals = waitTotals([
    sampleOf(1, { waits: [waitsOf('canary', [10e-6]), waitsOf('echo-1', [1e-3]), waitsOf('disturbance', [9])] }),
    sampleOf(2, {
      waits: [waitsOf('canary', [10e-6, 40e-6], { cause: 'throttled' }), waitsOf('gate-1', [3e-3])],
    }),
    sampleOf(3, { waits: null }),
  ]);

  expect(totals.canary).toMatchObject({ readings: 2, count: 3 });
  expect(totals.canary.slots).toEqual(waitsOf('canary', [10e-6, 10e-6, 40e-6]).slots);
  expect(totals.canary.throttledShare).toBeCloseTo(50 / 60, 12);
  expect(totals.application).toMatchObject({ readings: 2, count: 2, throttledShare: 0 });
  expect(totals.application.waitSeconds).toBeCloseTo(4e-3, 12);
  expect(totals.all).toMatchObject({ readings: 0, slots: null, throttledShare: null });
});

test('quantiles are of all of them', () => {
  const totals = waitTotals([
    sampleOf(1, { waits: [waitsOf('canary', [10e-6, 10e-6]), waitsOf('canary', [40e-6], { cause: 'throttled' })] }),
  ]);

  const metrics = waitMetrics(totals, 1);
  expect(metrics['canary-wait-p50']).toBeCloseTo(10.5e-6, 15);
  expect(metrics['canary-wait-p99']).toBeCloseTo(42e-6, 15);
  expect(metrics['all-wait-p50']).toBeNull();
});
