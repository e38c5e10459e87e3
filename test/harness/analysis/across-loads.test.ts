import { expect, test } from 'vitest';
import { acrossLoads } from '../../../harness/analysis/across-loads.ts';
import { compareArms } from '../../../harness/analysis/compare.ts';
import type { AcrossLoads, Extended } from '../../../harness/analysis/summary.ts';
import { examplePlan, loadOf, metricsOf } from '../../rig/recorded.ts';

const metric = 'canary-wait-mean';
const plan = examplePlan({ loads: ['low', 'middle', 'high'].map((name) => loadOf(name, 10)) });

/** Eight blocks of each load in which the difference is the same, or the arm failed. */
function summaryOf(differences: Readonly<Record<string, number | 'failed'>>): readonly AcrossLoads[] {
  const blocks = Object.entries(differences).flatMap(([load, difference], index) =>
    Array.from({ length: 8 }, (_, place) => ({
      ...{ block: 8 * index + place + 1, load },
      outcomes: new Map([
        ['busy', difference === 'failed' ? difference : metricsOf({ [metric]: 10 + difference })],
        ['idle', metricsOf({ [metric]: 10 })],
      ]),
    })),
  );
  return acrossLoads(plan, compareArms(plan, blocks));
}

const medians = (...values: readonly (Extended | null)[]): AcrossLoads['medians'] =>
  ['low', 'middle', 'high'].map((load, index) => ({ load, medianDifference: values[index] ?? null }));

test('each load counts the same, and says where the arm lies', () => {
  expect(summaryOf({ low: 3, middle: 0, high: -9 })).toEqual([
    {
      ...{ arm: 'busy', against: 'idle', metric, medians: medians(3, 0, -9), mean: -2 },
      ...{ higher: 1, lower: 1 },
    },
  ]);
});

test('there is no mean where one of the loads has no median, or an unbounded one', () => {
  expect(summaryOf({ low: 3, middle: 'failed', high: 3 })).toMatchObject([
    { medians: medians(3, 'infinity', 3), mean: null, higher: 3, lower: 0 },
  ]);
  expect(summaryOf({ low: 3, high: 3 })).toMatchObject([{ medians: medians(3, null, 3), mean: null, higher: 2 }]);
});

test('one load, or none, needs no summary', () => {
  expect(acrossLoads(examplePlan(), [])).toEqual([]);
  expect(acrossLoads(examplePlan({ loads: [loadOf('low', 1)] }), [])).toEqual([]);
});
