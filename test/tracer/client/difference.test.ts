import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slotCount, slotOf } from '../../../harness/telemetry/wait-slots.ts';
import { addWaits, difference, noWaits } from '../../../tracer/client/difference.ts';
import type { WaitCounter } from '../../../tracer/client/line.ts';
import { counterOf, groupOf, snapshotOf } from './snapshot-text.ts';

/** What a kernel with 32-bit cells and 64-bit sums would have counted after these waits, beginning from any state. */
function countUp(start: WaitCounter, waitsNs: readonly number[]): WaitCounter {
  const slots = new Map(start.slots);
  let { count, sumNs } = start;
  for (const ns of waitsNs) {
    count = (count + 1) % 2 ** 32;
    sumNs = BigInt.asUintN(64, sumNs + BigInt(ns));
    slots.set(slotOf(ns), ((slots.get(slotOf(ns)) ?? 0) + 1) % 2 ** 32);
  }
  return { count, sumNs, slots: [...slots].filter(([, value]) => value > 0).sort(([a], [b]) => a - b) };
}

const anyWaits = fc.array(fc.integer({ min: 0, max: 10 ** 10 }), { maxLength: 30 });
// Cells that stand just below their wrap as often as anywhere else.
const nearWrap = fc.oneof(
  fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  fc.integer({ min: 2 ** 32 - 20, max: 2 ** 32 - 1 }),
);
const anyStart: fc.Arbitrary<WaitCounter> = fc.record({
  count: nearWrap,
  sumNs: fc.oneof(fc.bigInt(0n, 2n ** 64n - 1n), fc.bigInt(2n ** 64n - 10n ** 10n, 2n ** 64n - 1n)),
  slots: fc
    .uniqueArray(fc.tuple(fc.integer({ min: 0, max: slotCount - 1 }), nearWrap), { selector: ([slot]) => slot })
    .map((slots) => slots.filter(([, count]) => count > 0).sort(([a], [b]) => a - b)),
});

test('the differences of any cumulative history are the waits that were added, also across a wrap', () => {
  fc.assert(
    fc.property(anyStart, fc.array(anyWaits, { minLength: 1, maxLength: 6 }), (start, intervals) => {
      let earlier = snapshotOf({ groups: [groupOf({ throttled: start })] });
      for (const waitsNs of intervals) {
        const throttled = countUp(earlier.groups[0]?.throttled ?? start, waitsNs);
        const later = snapshotOf({ seq: earlier.seq + 1, groups: [groupOf({ throttled })] });
        const slots = new Array<number>(slotCount).fill(0);
        for (const ns of waitsNs) slots[slotOf(ns)] = (slots[slotOf(ns)] ?? 0) + 1;
        const waitSeconds = waitsNs.reduce((sum, ns) => sum + ns, 0) / 1e9;
        expect(difference(earlier, later).groups).toEqual([
          { id: '45', contention: noWaits, throttled: { count: waitsNs.length, waitSeconds, slots } },
        ]);
        earlier = later;
      }
    }),
  );
});

test('a count that wraps at 2^32 and a sum that wraps at 2^64 give the small difference', () => {
  const before = counterOf({ count: 2 ** 32 - 1, sumNs: 2n ** 64n - 1n, slots: [[8, 2 ** 32 - 1]] });
  const after = counterOf({ count: 1, sumNs: 2_999n, slots: [[8, 1]] });
  const { groups } = difference(
    snapshotOf({ groups: [groupOf({ contention: before })] }),
    snapshotOf({ seq: 1, groups: [groupOf({ contention: after })] }),
  );
  expect(groups[0]?.contention).toMatchObject({ count: 2, waitSeconds: 3e-6 });
  expect(groups[0]?.contention.slots[8]).toBe(2);
});

test('a slot that wrapped to exactly zero is no longer in the line, and still counts', () => {
  const before = counterOf({ count: 5, slots: [[8, 2 ** 32 - 1]] });
  const after = counterOf({ count: 6, slots: [] });
  const { groups } = difference(
    snapshotOf({ groups: [groupOf({ contention: before })] }),
    snapshotOf({ seq: 1, groups: [groupOf({ contention: after })] }),
  );
  expect(groups[0]?.contention.slots[8]).toBe(1);
});

test('a cell that was read a moment before its count is not lost', () => {
  const [zero, torn, whole] = [
    counterOf(),
    counterOf({ slots: [[8, 1]] }),
    counterOf({ count: 1, slots: [[8, 1]] }),
  ].map((contention, seq) => snapshotOf({ seq, groups: [groupOf({ contention })] }));
  if (!zero || !torn || !whole) throw new Error('three snapshots were made');
  const first = difference(zero, torn).groups[0]?.contention;
  const second = difference(torn, whole).groups[0]?.contention;
  expect([first?.count, first?.slots[8]]).toEqual([0, 1]);
  expect([second?.count, second?.slots[8]]).toEqual([1, 0]);
});

test('a cgroup that appears anew counts from zero, and one that is no longer named had no waits', () => {
  const contention = counterOf({ count: 3, sumNs: 300n, slots: [[0, 3]] });
  const { groups } = difference(
    snapshotOf({ groups: [groupOf({ id: '7', contention })] }),
    snapshotOf({ seq: 1, groups: [groupOf({ id: '8', contention })] }),
  );
  expect(groups.map(({ id, contention: { count, waitSeconds } }) => ({ id, count, waitSeconds }))).toEqual([
    { id: '8', count: 3, waitSeconds: 300e-9 },
  ]);
});

test('what the tracer says of itself is the difference too, but for its memory', () => {
  const before = snapshotOf({
    monotonicNs: 10n ** 18n,
    switches: 5,
    userMicros: 100,
    residentBytes: 7,
    kernelRunNs: 1n,
  });
  const after = snapshotOf({
    seq: 3,
    monotonicNs: 10n ** 18n + 1_500_000_001n,
    switches: 9,
    wakeups: 1,
    unknown: 2,
    negative: 3,
    lostStorage: 4,
    lostGroups: 5,
    userMicros: 350,
    systemMicros: 20,
    residentBytes: 8,
    kernelRuns: 10,
    kernelRunNs: 2501n,
    recursionMisses: 6,
  });
  expect(difference(before, after)).toEqual({
    lengthSeconds: 1.500000001,
    groups: [],
    tracer: {
      switches: 4,
      wakeups: 1,
      unknown: 2,
      negative: 3,
      lostStorage: 4,
      lostGroups: 5,
      userCpuSeconds: 250e-6,
      systemCpuSeconds: 20e-6,
      residentBytes: 8,
      kernelRuns: 10,
      kernelRunSeconds: 2.5e-6,
      recursionMisses: 6,
    },
  });
});

test('two snapshots in the wrong order are a fault, not a huge number', () => {
  expect(() => difference(snapshotOf({ seq: 2 }), snapshotOf({ seq: 1 }))).toThrow(
    new RangeError('snapshot 1 does not follow snapshot 2'),
  );
});

test('waits of several causes add up slot by slot', () => {
  const slots = noWaits.slots.map((_, slot) => (slot === 4 ? 1 : 0));
  const part = { count: 1, waitSeconds: 0.25, slots };
  expect(addWaits([part, noWaits, part])).toEqual({
    count: 2,
    waitSeconds: 0.5,
    slots: slots.map((count) => 2 * count),
  });
});
