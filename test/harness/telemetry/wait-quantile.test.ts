import fc from 'fast-check';
import { expect, test } from 'vitest';
import { waitQuantile } from '../../../harness/telemetry/wait-quantile.ts';
import { slotCount, slotOf } from '../../../harness/telemetry/wait-slots.ts';

function slotsOf(waitsNs: readonly number[]): readonly number[] {
  const slots = new Array<number>(slotCount).fill(0);
  for (const ns of waitsNs) slots[slotOf(ns)] = (slots[slotOf(ns)] ?? 0) + 1;
  return slots;
}

test('a quantile is the middle of its slot, in seconds, with the bounds of the slot', () => {
  // Slot 117 is [13.312, 14.336) ms, slot 120 [16.384, 18.432) ms.
  const slots = slotsOf([13_500_000, 13_600_000, 13_700_000, 16_500_000]);
  expect(waitQuantile(slots, 0.5)).toEqual({ value: 0.013824, low: 0.013312, high: 0.014336 });
  expect(waitQuantile(slots, 0.99)).toEqual({ value: 0.017408, low: 0.016384, high: 0.018432 });
});

test('where nothing waited there is no quantile', () => {
  expect(waitQuantile(slotsOf([]), 0.95)).toBeNull();
});

test('in the open-ended last slot only its beginning is certain', () => {
  expect(waitQuantile(slotsOf([60e9]), 0.5)).toEqual({ value: 7.86432, low: 7.86432, high: Infinity });
});

test('a quantile is within 6.25 % of the wait that it stands for, or 62.5 ns below a microsecond', () => {
  const waits = fc.array(
    fc.double({ min: 0, max: 32, noNaN: true }).map((exponent) => 2 ** exponent),
    { minLength: 1 },
  );
  fc.assert(
    fc.property(waits, fc.double({ min: 0, max: 1, noNaN: true }), (waitsNs, p) => {
      const sorted = [...waitsNs].sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(p * sorted.length - 1e-9) - 1)] ?? NaN;
      const value = (waitQuantile(slotsOf(waitsNs), p)?.value ?? NaN) * 1e9;
      expect(Math.abs(value - exact)).toBeLessThanOrEqual(Math.max(62.5, 0.0625 * exact) * (1 + 1e-9));
    }),
  );
});
