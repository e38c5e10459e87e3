import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sampleFromWire } from '../../../../harness/policy/process/sample-from-wire.ts';
import { sampleOnWire, type WireSample } from '../../../../harness/policy/process/sample-on-wire.ts';
import type { Sample, WaitReading } from '../../../../harness/telemetry/sample.ts';
import { slotCount, slotOf } from '../../../../harness/telemetry/wait-slots.ts';
import { arbitrarySamples } from '../../../rig/arbitrary-sample.ts';
import { replicaOf, serviceOf } from '../../../rig/replica-reading.ts';
import { sampleOf } from './example.ts';

/** What arrives. */
const sent = (sample: Sample, histograms: boolean): WireSample =>
  JSON.parse(JSON.stringify(sampleOnWire(sample, histograms))) as WireSample;

/** JSON has one zero. */
const zeroed = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const keyOf = ({ group, cause }: WaitReading): string => `${group} ${cause}`;

/** As testbeds make them: a replica once, and of a group and a cause one reading. */
function realistic(sample: Sample): Sample {
  const seen = new Set<string>();
  const isNew = (key: string): boolean => {
    const { size } = seen;
    return seen.add(key).size > size;
  };
  return {
    ...sample,
    services: sample.services?.map((one) => ({ ...one, replicas: one.replicas.filter(({ id }) => isNew(id)) })) ?? null,
    waits: sample.waits?.filter((reading) => isNew(keyOf(reading))) ?? null,
  };
}

const sorted = (sample: Sample): unknown =>
  zeroed({ ...sample, waits: sample.waits?.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)) ?? null });

/** Waits of replicas too. */
const samples = arbitrarySamples.map((all) =>
  all.map((sample) =>
    realistic({
      ...sample,
      waits: sample.waits?.map((wait, at) => (at % 2 === 0 ? wait : { ...wait, group: 'nginx-1' })) ?? null,
    }),
  ),
);

test('with its histograms a sample arrives as it was, but for the order of waits', () => {
  fc.assert(
    fc.property(samples, (all) => {
      for (const sample of all) expect(sorted(sampleFromWire(sent(sample, true)))).toEqual(sorted(sample));
    }),
    { numRuns: 60 },
  );
});

test('without histograms it is the same but for the slots', () => {
  fc.assert(
    fc.property(samples, (all) => {
      for (const sample of all) {
        const isSlots = (key: string): boolean => key === 'slots';
        const without = JSON.parse(JSON.stringify(sent(sample, true)), (key, value: unknown) =>
          isSlots(key) ? undefined : value,
        ) as unknown;
        expect(sent(sample, false)).toEqual(without);
      }
    }),
    { numRuns: 30 },
  );
});

const slotsOf = (...waitsMs: readonly number[]): number[] => {
  const slots = new Array<number>(slotCount).fill(0);
  for (const ms of waitsMs) slots[slotOf(ms * 1e6)] = (slots[slotOf(ms * 1e6)] ?? 0) + 1;
  return slots;
};

describe('waits', () => {
  const waits: readonly WaitReading[] = [
    { group: 'canary', cause: 'contention', count: 1, waitSeconds: 0.001, slots: slotsOf(1) },
    { group: 'nginx-1', cause: 'contention', count: 4, waitSeconds: 0.103, slots: slotsOf(1, 1, 1, 100) },
    { group: 'nginx-1', cause: 'throttled', count: 0, waitSeconds: 0, slots: slotsOf() },
    { group: 'all', cause: 'any', count: 2, waitSeconds: 0.5, slots: null },
  ];
  const sample: Sample = { ...sampleOf(1000, serviceOf('nginx', replicaOf('nginx-1'), replicaOf('nginx-2'))), waits };

  test('stand with their replica, with quantiles in milliseconds, which are the middles of slots', () => {
    const [service] = sent(sample, true).services ?? [];
    const [first, second] = service?.replicas ?? [];

    expect(first?.waits).toEqual({
      contention: {
        ...{ count: 4, waitSeconds: 0.103, p50Ms: 0.992, p95Ms: 102.4, p99Ms: 102.4 },
        slots: [
          [slotOf(1e6), 3],
          [slotOf(1e8), 1],
        ],
      },
      throttled: { count: 0, waitSeconds: 0, p50Ms: null, p95Ms: null, p99Ms: null, slots: [] },
    });
    expect(second?.waits).toEqual({});
  });

  test('of groups that are no replicas stand apart', () => {
    expect(sent(sample, false).otherWaits).toEqual({
      canary: { contention: { count: 1, waitSeconds: 0.001, p50Ms: 0.992, p95Ms: 0.992, p99Ms: 0.992 } },
      all: { any: { count: 2, waitSeconds: 0.5, p50Ms: null, p95Ms: null, p99Ms: null } },
    });
  });

  test('that nobody measured are null, not none', () => {
    const { services, otherWaits } = sent({ ...sample, waits: null }, true);
    expect(otherWaits).toBeNull();
    expect(services?.[0]?.replicas.map((replica) => replica.waits)).toEqual([null, null]);
  });
});

test('fields come in one order, in whatever order they were gathered', () => {
  const reversed = (value: unknown): unknown =>
    value instanceof Object && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .reverse()
            .map(([key, part]) => [key, reversed(part)]),
        )
      : Array.isArray(value)
        ? value.map(reversed)
        : value;
  fc.assert(
    fc.property(samples, (all) => {
      for (const sample of all) {
        const once = JSON.stringify(sampleOnWire({ ...sample, waits: null }, false));
        // It is the same sample, whose type `reversed` cannot tell.
        const again = JSON.stringify(sampleOnWire(reversed({ ...sample, waits: null }) as Sample, false));
        expect(again).toBe(once);
      }
    }),
    { numRuns: 30 },
  );
});
