import { expect, test } from 'vitest';
import { costOf } from '../../../harness/analysis/cost.ts';

test('cores and memory at their prices per hour', () => {
  // An hour of two cores, and a quarter of an hour of 8 GB.
  const reserved = { coreSeconds: 7200, gigabyteSeconds: 7200 };

  expect(costOf(reserved, { coreHour: 0.04, gigabyteHour: 0.005 })).toBeCloseTo(0.09, 12);
});

test.for([
  { gigabytes: 205, dollars: 59.04 },
  { gigabytes: 249, dollars: 71.71 },
  { gigabytes: 264, dollars: 76.03 },
])('$gigabytes GB for a day cost $$dollars at the prices of SHOWAR', ({ gigabytes, dollars }) => {
  // policies.md 3.6: 16 GB for $0.192 an hour, and CPU is not priced.
  const prices = { coreHour: 0, gigabyteHour: 0.192 / 16 };
  const cost = costOf({ coreSeconds: null, gigabyteSeconds: gigabytes * 24 * 3600 }, prices);

  expect(cost?.toFixed(2)).toBe(dollars.toFixed(2));
});

test('without prices, or without what costs, there is no cost', () => {
  const prices = { coreHour: 1, gigabyteHour: 1 };

  expect(costOf({ coreSeconds: 1, gigabyteSeconds: 1 }, null)).toBeNull();
  expect(costOf({ coreSeconds: null, gigabyteSeconds: 1 }, prices)).toBeNull();
  expect(costOf({ coreSeconds: 1, gigabyteSeconds: null }, prices)).toBeNull();
  expect(costOf({ coreSeconds: null, gigabyteSeconds: null }, { coreHour: 0, gigabyteHour: 0 })).toBe(0);
});
