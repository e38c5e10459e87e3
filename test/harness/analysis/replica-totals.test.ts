import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { replicaTotals } from '../../../harness/analysis/replica-totals.ts';
import type { Sample } from '../../../harness/telemetry/sample.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import { applicationOf, modelNamed } from '../../rig/recorded-application.ts';
import { sampleOf } from '../../rig/recorded.ts';
import { replicaOf, serviceOf } from '../../rig/replica-reading.ts';

const application = applicationOf(modelNamed('social-network'));
const plan = { application };
const reservedOf = (of: Pick<Plan, 'application'>, samples: readonly Sample[]) => replicaTotals(of, samples).reserved;
const role = (wanted: string): string =>
  application.model.services.find((service) => service.role === wanted)?.name ?? expect.fail(wanted);
const [front, store] = [role('front'), role('store')];

const given = { cpuLimitCores: 0.5, cpuRequestCores: 0.25, memoryLimitBytes: 100e6, cpuSeconds: 0.1 };

describe('three samples of a front and a store, computed by hand', () => {
  const samples = [
    sampleOf(1, {
      services: [
        serviceOf(front, replicaOf('a', given), replicaOf('b', { ...given, startedAtMs: 750, state: 'starting' })),
        // No policy can scale it, so it reserves and uses nothing here.
        serviceOf(store, replicaOf('s', { cpuSeconds: 9 })),
      ],
    }),
    sampleOf(2, {
      services: [serviceOf(front, replicaOf('a', { ...given, cpuLimitCores: 1 }), replicaOf('b', given))],
    }),
    // Half a second long; one of the two ended in it.
    sampleOf(3, {
      intervalMs: 500,
      services: [
        serviceOf(front, replicaOf('a', { ...given, cpuSeconds: null }), replicaOf('b', { ...given, state: 'ended' })),
      ],
    }),
  ];

  test('what is reserved counts for the time that a replica lived, at the limit of each sample', () => {
    const integrals = reservedOf(plan, samples);

    // a: 1 s, 1 s, 0.5 s; b: 0.25 s, 1 s, 0.5 s.
    expect(integrals.replicaSeconds).toBeCloseTo(4.25, 12);
    // a: 0.5 + 1 + 0.25; b: 0.125 + 0.5 + 0.25.
    expect(integrals.coreSeconds).toBeCloseTo(2.625, 12);
    expect(integrals.coreSecondsRequested).toBeCloseTo(4.25 * 0.25, 12);
    expect(integrals.gigabyteSeconds).toBeCloseTo(4.25 * 0.1, 12);
  });

  test('what is used is CPU time, of the same services', () => {
    expect(reservedOf(plan, samples).coreSecondsUsed).toBeCloseTo(0.5, 12);
  });
});

test('without a limit nothing bounds what is reserved, so it is not known', () => {
  const services = [serviceOf(front, replicaOf('a', given), replicaOf('b', { cpuSeconds: 0.5 }))];

  expect(reservedOf(plan, [sampleOf(1, { services })])).toEqual({
    coreSeconds: null,
    coreSecondsRequested: null,
    coreSecondsUsed: 0.6,
    gigabyteSeconds: null,
    replicaSeconds: 2,
  });
});

test('without an application, without services and without replicas there is nothing', () => {
  const nothing = {
    ...{ coreSeconds: null, coreSecondsRequested: null, coreSecondsUsed: null },
    ...{ gigabyteSeconds: null, replicaSeconds: null },
  };

  expect(reservedOf({ application: null }, [sampleOf(1)])).toEqual(nothing);
  expect(reservedOf(plan, [])).toEqual(nothing);
  expect(reservedOf(plan, [sampleOf(1, { services: [serviceOf(store, replicaOf('s', given))] })])).toEqual(nothing);
});

test('cutting a sample in two changes no integral', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -500, max: 1000 }),
      fc.integer({ min: 1, max: 999 }),
      fc.double({ min: 0.01, max: 8, noNaN: true }),
      (startedAtMs, cutMs, cpuLimitCores) => {
        const services = [serviceOf(front, replicaOf('a', { ...given, startedAtMs, cpuLimitCores }))];
        const whole = reservedOf(plan, [sampleOf(1, { services })]);
        const parts = reservedOf(plan, [
          // A replica is in a sample only from its start on.
          ...(startedAtMs < cutMs ? [sampleOf(1, { atMs: cutMs, intervalMs: cutMs, services })] : []),
          sampleOf(1, { intervalMs: 1000 - cutMs, services }),
        ]);
        expect(parts.coreSeconds).toBeCloseTo(whole.coreSeconds ?? NaN, 9);
        expect(parts.replicaSeconds).toBeCloseTo(whole.replicaSeconds ?? NaN, 9);
      },
    ),
  );
});
