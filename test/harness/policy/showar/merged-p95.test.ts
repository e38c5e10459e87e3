import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mergedP95Ms } from '../../../../harness/policy/showar/merged-p95.ts';
import { waitQuantile } from '../../../../harness/telemetry/wait-quantile.ts';
import { waitOf } from './showar-rig.ts';

test('it is what waitQuantile gives of the sum of the histograms, for any of them', () => {
  const wait = fc.oneof(fc.double({ min: 0, max: 12_000, noNaN: true }), fc.constantFrom(0, 0.001, 15));
  const groups = fc.array(fc.array(wait, { maxLength: 45 }), { maxLength: 4 });
  fc.assert(
    fc.property(groups, (waits) => {
      const expected = waitQuantile(waitOf('all', waits.flat()).slots ?? [], 0.95);
      const found = mergedP95Ms(waits.map((own) => waitOf('one', own)));
      if (expected === null) expect(found).toBeNull();
      else expect(found).toBeCloseTo(expected.value * 1000, 9);
    }),
  );
});

test('where a reading has no histogram there is no p95', () => {
  expect(mergedP95Ms([waitOf('a', [1]), { ...waitOf('b', [2]), slots: null }])).toBeNull();
  expect(mergedP95Ms([])).toBeNull();
});

test('a wait in the open-ended slot is at least its lower bound, and no more is claimed', () => {
  expect(mergedP95Ms([waitOf('a', [60_000])])).toBeCloseTo(7864.32, 9);
});
