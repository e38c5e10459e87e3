import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SlotSum } from '../../../harness/analysis/slot-sum.ts';
import { PackedWait } from '../../../harness/telemetry/packed-wait.ts';
import { slotCount } from '../../../harness/telemetry/wait-slots.ts';

const facts = { group: 'echo-1', cause: 'contention', count: 6, waitSeconds: 0.5 } as const;
const packed = { places: [3, 191, 7], counts: [1, 5, 2] };
const slotsWith = (filled: Readonly<Record<number, number>>): readonly number[] =>
  Array.from({ length: slotCount }, (_, slot) => filled[slot] ?? 0);

test('a packed reading is like any other: compared, copied and written with all that it has', () => {
  const reading = new PackedWait(facts, packed, 0, 2);
  const plain = { ...facts, slots: slotsWith({ 3: 1, 191: 5 }) };

  expect(reading).toEqual(plain);
  expect(Object.fromEntries(Object.entries(reading))).toEqual(plain);
  expect(JSON.stringify(reading)).toBe(JSON.stringify(plain));
});

test('an empty histogram is not the same as none', () => {
  expect(new PackedWait(facts, packed, 2, 2).slots).toEqual(slotsWith({}));
  expect(new PackedWait(facts, null, 0, 0).slots).toBeNull();
});

test('sums are the same, whether of packed readings or of others', () => {
  const histogram = fc.array(fc.tuple(fc.nat(slotCount - 1), fc.integer({ min: 1, max: 9 })), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(fc.option(histogram), { minLength: 1, maxLength: 5 }), (histograms) => {
      const readings = histograms.map((one) => {
        const entries = [...new Map(one ?? [])];
        const slots = { places: entries.map(([place]) => place), counts: entries.map(([, count]) => count) };
        return new PackedWait(facts, one === null ? null : slots, 0, entries.length);
      });
      const [ofPacked, ofOthers] = [new SlotSum(), new SlotSum()];
      ofPacked.add(readings);
      ofOthers.add(readings.map(({ slots }) => ({ ...facts, slots })));
      expect(ofPacked.slots).toEqual(ofOthers.slots);
    }),
  );
});
