import { expect, test } from 'vitest';
import { stream } from '../../../harness/core/random.ts';
import { blocksNeeded } from '../../../harness/statistics/blocks-needed.ts';
import { detectableDifference } from '../../../harness/statistics/power.ts';
import { signFlipTest } from '../../../harness/statistics/sign-flip.ts';
import { golden } from './golden.ts';
import { standardNormal } from './skewed-distribution.ts';

/** The same stream from its start, each time. */
const uniform = () => {
  const random = stream(7, 'power');
  return () => random.uniform();
};

test('at the fewest blocks the answer is the one that can be calculated', () => {
  for (const { blocks, comparisons, power, difference } of golden.detectable) {
    const found = detectableDifference({ blocks, comparisons, power, standardDeviation: 1, uniform: uniform() });
    expect(Math.abs((found ?? NaN) - difference), `${blocks} blocks`).toBeLessThan(0.05);
  }
});

test('an independent simulation finds that difference with 80 % power, within 5 points', () => {
  const rounds = 4000;
  for (const [blocks, comparisons] of [
    [6, 1],
    [8, 1],
    [8, 3],
    [12, 3],
    [20, 4],
  ] as const) {
    const standardDeviation = 2.5;
    const difference = detectableDifference({ blocks, comparisons, standardDeviation, uniform: uniform() }) ?? NaN;
    const random = stream(8, `independent/${blocks}/${comparisons}`);
    let found = 0;
    for (let round = 0; round < rounds; round++) {
      const { statistic, p } = signFlipTest(
        Array.from({ length: blocks }, () => difference + standardDeviation * standardNormal(random)),
      );
      if (statistic > 0 && p <= 0.05 / comparisons) found++;
    }
    expect(Math.abs(found / rounds - 0.8), `${blocks} blocks, m = ${comparisons}`).toBeLessThan(0.05);
  }
});

test('with too few blocks to rank, no difference is large enough', () => {
  for (const comparisons of [1, 3, 4, 10]) {
    const blocks = blocksNeeded(comparisons);
    const question = { comparisons, standardDeviation: 1, uniform: uniform() };
    expect(detectableDifference({ ...question, blocks })).toBeGreaterThan(0);
    expect(detectableDifference({ ...question, blocks: blocks - 1 })).toBeNull();
    expect(detectableDifference({ ...question, blocks: 0 })).toBeNull();
  }
});

test('more blocks find smaller differences, more comparisons and more power need larger ones', () => {
  const at = (blocks: number, comparisons: number, power?: number) =>
    detectableDifference({
      blocks,
      comparisons,
      standardDeviation: 1,
      uniform: uniform(),
      ...(power === undefined ? {} : { power }),
    }) ?? NaN;
  expect(at(20, 1)).toBeLessThan(at(10, 1));
  expect(at(20, 4)).toBeGreaterThan(at(20, 1));
  expect(at(20, 1, 0.95)).toBeGreaterThan(at(20, 1));
});

test('the same stream gives the same answer, and the answer is in the unit of the standard deviation', () => {
  const at = (standardDeviation: number) =>
    detectableDifference({ blocks: 8, comparisons: 1, standardDeviation, uniform: uniform() }) ?? NaN;
  expect(at(1)).toBe(at(1));
  expect(at(0.004)).toBeCloseTo(0.004 * at(1), 12);
  expect(at(0)).toBe(0);
});

test('a question out of range is refused', () => {
  const question = { blocks: 8, comparisons: 1, standardDeviation: 1, uniform: uniform() };
  const ask = (change: object) => () => detectableDifference({ ...question, ...change });
  expect(ask({ blocks: 7.5 })).toThrow(new RangeError('The number of blocks is 7.5, which is out of range.'));
  expect(ask({ comparisons: 0 })).toThrow(new RangeError('The number of comparisons is 0, which is out of range.'));
  expect(ask({ standardDeviation: NaN })).toThrow(
    new RangeError('The standard deviation is NaN, which is out of range.'),
  );
  expect(ask({ power: 1 })).toThrow(new RangeError('The power is 1, which is out of range.'));
  expect(ask({ familyAlpha: 0 })).toThrow(new RangeError('The family-wise alpha is 0, which is out of range.'));
});
