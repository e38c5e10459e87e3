import { expect, test } from 'vitest';
import { blocksNeeded } from '../../../harness/statistics/blocks-needed.ts';
import { holm } from '../../../harness/statistics/holm.ts';
import { medianInterval } from '../../../harness/statistics/median-interval.ts';
import { signFlipTest } from '../../../harness/statistics/sign-flip.ts';

test('one comparison needs 6 blocks, three need 7, four need 8', () => {
  expect([1, 2, 3, 4, 6, 7].map(blocksNeeded)).toEqual([6, 7, 7, 8, 8, 9]);
});

test('with that many blocks one clear difference among m comparisons is shown, with one fewer it cannot be', () => {
  for (let comparisons = 1; comparisons <= 30; comparisons++) {
    const needed = blocksNeeded(comparisons);
    const best = (blocks: number) => {
      const clear = signFlipTest(Array.from({ length: blocks }, (_, index) => index + 1)).p;
      return Math.min(...holm([clear, ...new Array<number>(comparisons - 1).fill(1)]));
    };
    expect(best(needed)).toBeLessThanOrEqual(0.05);
    expect(best(needed - 1)).toBeGreaterThan(0.05);
  }
});

test('with that many blocks, and no fewer, intervals exist that all m hold together at 95 %', () => {
  const blocks = (n: number) => Array.from({ length: n }, (_, index) => index);
  for (let comparisons = 1; comparisons <= 30; comparisons++) {
    const each = 1 - 0.05 / comparisons;
    expect(medianInterval(blocks(blocksNeeded(comparisons)), each)).not.toBeNull();
    expect(medianInterval(blocks(blocksNeeded(comparisons) - 1), each)).toBeNull();
  }
});

test('a number of comparisons that is not a whole number from 1 is refused', () => {
  for (const wrong of [0, 1.5, NaN, Infinity]) {
    expect(() => blocksNeeded(wrong)).toThrow(
      new RangeError(`The number of comparisons is ${wrong}; it must be a whole number from 1.`),
    );
  }
});
