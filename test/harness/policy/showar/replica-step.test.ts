import fc from 'fast-check';
import { expect, test } from 'vitest';
import { deadBand, sideOf } from '../../../../harness/policy/showar/dead-band.ts';
import { replicaStep } from '../../../../harness/policy/showar/replica-step.ts';

test('a tenth of 20 replicas is 2, and of 4 at least 1', () => {
  expect(replicaStep(20, 0.1, 'floor')).toBe(2);
  expect(replicaStep(4, 0.1, 'floor')).toBe(1);
});

test('the step is rounded as asked', () => {
  const steps = (replicas: number) =>
    (['floor', 'round', 'ceil'] as const).map((way) => replicaStep(replicas, 0.1, way));
  expect(steps(25)).toEqual([2, 3, 3]);
  expect(steps(24)).toEqual([2, 2, 3]);
});

test('rounding of the product makes no step larger or smaller', () => {
  for (let percent = 1; percent <= 100; percent++) {
    for (const way of ['floor', 'round', 'ceil'] as const) expect(replicaStep(100, percent / 100, way)).toBe(percent);
  }
});

test('a step never shrinks when there are more replicas', () => {
  fc.assert(
    fc.property(fc.nat(1000), fc.nat(1000), fc.double({ min: 0, max: 1, noNaN: true }), (replicas, more, beta) => {
      expect(replicaStep(replicas + more, beta, 'floor')).toBeGreaterThanOrEqual(replicaStep(replicas, beta, 'floor'));
    }),
  );
});

test('around a target of 15 ms with a width of 20 % nothing is done from 13.5 to 16.5 ms, ends included', () => {
  const band = deadBand(15, 0.2);
  expect(band.low).toBeCloseTo(13.5, 12);
  expect(band.high).toBeCloseTo(16.5, 12);
  expect([13.49, 13.5, 15, 16.5, 16.51].map((value) => sideOf(band, value))).toEqual(['in', null, null, null, 'out']);
});

test('the ends of any band belong to it, whatever the rounding', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 1e4, noNaN: true }),
      fc.double({ min: 0, max: 2, noNaN: true }),
      (target, alpha) => {
        const band = deadBand(target, alpha);
        expect(sideOf(band, target + (target * alpha) / 2)).toBeNull();
        expect(sideOf(band, target - (target * alpha) / 2)).toBeNull();
        expect(sideOf(band, target)).toBeNull();
        expect(sideOf(band, target * (1.001 + alpha / 2))).toBe('out');
        expect(sideOf(band, target * (0.999 - alpha / 2))).toBe('in');
      },
    ),
  );
});
