import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  log2SlotCount,
  log2View,
  slotBoundsNs,
  slotCount,
  slotLowerNs,
  slotOf,
} from '../../../harness/telemetry/wait-slots.ts';

/** Where the last slot begins. */
const lastNs = 7_864_320_000;

test.each([
  [0, 0],
  [124.999, 0],
  [125, 1],
  [999, 7],
  [1000, 8],
  [1999, 15],
  [2000, 16],
  [3900, 23],
  [1_023_000, 87],
  [1_024_000, 88],
  [13_500_000, 117],
  [15_000_000, 118],
  [16_500_000, 120],
  [lastNs - 1, 190],
  [lastNs, 191],
  [60e9, 191],
])('a wait of %d ns falls into slot %i', (ns, slot) => {
  expect(slotOf(ns)).toBe(slot);
});

test('slot 117 ends at 14.336 ms, and the last one begins at 7.86 s', () => {
  expect(slotLowerNs(118)).toBe(14_336_000);
  expect(slotLowerNs(slotCount - 1)).toBe(lastNs);
});

test('every slot begins where the one before it ends, and the last one never ends', () => {
  expect(slotBoundsNs).toHaveLength(slotCount + 1);
  expect(slotBoundsNs[0]).toBe(0);
  expect(slotBoundsNs.at(-1)).toBe(Infinity);
  expect(slotBoundsNs).toEqual([...slotBoundsNs].sort((a, b) => a - b));
  expect(new Set(slotBoundsNs).size).toBe(slotCount + 1);
});

test('from 1 microsecond on a slot is at most 12.5 % wide, and below it 125 ns', () => {
  for (let slot = 0; slot < slotCount - 1; slot++) {
    const [low, high] = [slotLowerNs(slot), slotLowerNs(slot + 1)];
    if (slot < 8) expect(high - low).toBe(125);
    else expect((high - low) / low).toBeLessThanOrEqual(0.125);
  }
});

/** Whole nanoseconds all over the range, with every power of two, every bound and their neighbours. */
const waitNs = fc.oneof(
  fc.nat(20_000),
  fc.double({ min: 0, max: 34, noNaN: true }).map((exponent) => Math.floor(2 ** exponent)),
  fc.tuple(fc.integer({ min: 0, max: 34 }), fc.integer({ min: -1, max: 1 })).map(([power, by]) => 2 ** power + by),
  fc.tuple(fc.nat(slotCount - 1), fc.integer({ min: -1, max: 1 })).map(([slot, by]) => slotLowerNs(slot) + by),
);

test('a wait lies in its slot', () => {
  fc.assert(
    fc.property(waitNs, (drawn) => {
      const ns = Math.max(0, drawn);
      const slot = slotOf(ns);
      expect(slot >= 0 && slot < slotCount).toBe(true);
      expect(slotBoundsNs[slot]).toBeLessThanOrEqual(ns);
      expect(ns).toBeLessThan(slotBoundsNs[slot + 1] ?? NaN);
    }),
    { numRuns: 5000 },
  );
});

test('every power of two, every bound, and their neighbours lie in their slots', () => {
  const edges = [...Array.from({ length: 53 }, (_, power) => 2 ** power), ...slotBoundsNs.slice(0, -1)];
  const misplaced = edges
    .flatMap((edge) => [Math.max(0, edge - 1), edge, edge + 1])
    .filter((ns) => {
      const [low = NaN, high = NaN] = slotBoundsNs.slice(slotOf(ns));
      return !(low <= ns && ns < high);
    });
  expect(misplaced).toEqual([]);
});

test('what is less than nothing, as clocks may make it, is in the first slot', () => {
  expect([-1, -1e9].map(slotOf)).toEqual([0, 0]);
});

test('the log2 view puts each slot where its waits belong, everything below 2 microseconds first', () => {
  const viewOf = (ns: number): number => {
    const slots = new Array<number>(slotCount).fill(0);
    slots[slotOf(ns)] = 1;
    return log2View(slots).indexOf(1);
  };
  expect([0, 999, 1999, 2000, 3900, 4000, 1_023_000, 1_024_000, 4_194_303_999, 60e9].map(viewOf)).toEqual([
    0, 0, 0, 1, 1, 2, 9, 10, 21, 22,
  ]);
  fc.assert(
    fc.property(waitNs, (drawn) => {
      const ns = Math.max(0, drawn);
      const micros = ns / 1000;
      const expected = Math.min(log2SlotCount - 1, Math.max(0, Math.floor(Math.log2(Math.max(1, Math.floor(micros))))));
      expect(viewOf(ns)).toBe(expected);
    }),
  );
});

test('the log2 view loses no wait and invents none', () => {
  const slots = fc.array(fc.nat(1e6), { minLength: slotCount, maxLength: slotCount });
  const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);
  fc.assert(
    fc.property(slots, (counts) => {
      const view = log2View(counts);
      expect(view).toHaveLength(log2SlotCount);
      expect(total(view)).toBe(total(counts));
    }),
  );
});
