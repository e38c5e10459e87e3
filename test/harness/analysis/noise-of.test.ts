import { expect, test } from 'vitest';
import { noiseOf } from '../../../harness/analysis/noise-of.ts';
import { armOf, examplePlan, recordedOf, type Went } from '../../rig/recorded.ts';

const arms = [armOf('left', null), armOf('right', null)];
const metric = 'canary-wait-mean';

const recordedWith = (pairs: readonly (readonly [left: Went, right: Went])[]) =>
  recordedOf(
    examplePlan({ aa: true, arms }),
    pairs.map(([left, right]) => ({
      attempts: [
        ['left', left],
        ['right', right],
      ],
    })),
    { status: 'complete' },
  );

test('six blocks of an A/A experiment computed by hand', () => {
  const noise = noiseOf(
    recordedWith([
      [1e-3, 1e-3],
      [2e-3, 1e-3],
      [1e-3, 3e-3],
      [1e-3, 2e-3],
      [3e-3, 1e-3],
      [1e-3, 1e-3],
    ]),
  );

  expect(noise).toMatchObject({ experiment: 'e', source: 'bpf' });
  // 0, 1, -2, -1, 2, 0 ms: the root of 10 / 6.
  expect(noise.standardDeviation[metric]).toBeCloseTo(1e-3 * Math.sqrt(10 / 6), 12);
  expect(noise.floors.find((floor) => floor.metric === metric)).toEqual({
    ...{ metric, blocks: 6, experiment: 'e' },
    low: expect.closeTo(-2e-3, 12) as number,
    high: expect.closeTo(2e-3, 12) as number,
  });
  // Nobody waited under an application, because there is none.
  expect(noise.floors.some((floor) => floor.metric === 'application-wait-mean')).toBe(false);
});

test('with fewer blocks than an interval needs there is a deviation and no floor', () => {
  const noise = noiseOf(recordedWith(new Array<readonly [Went, Went]>(5).fill([2e-3, 1e-3])));

  expect(noise.floors).toEqual([]);
  expect(noise.standardDeviation[metric]).toBeCloseTo(1e-3, 12);
});

test('a failed trial has no end, and moves no deviation', () => {
  const noise = noiseOf(recordedWith([['failed', 1e-3], ...new Array<readonly [Went, Went]>(5).fill([2e-3, 1e-3])]));

  expect(noise.floors.find((floor) => floor.metric === metric)).toMatchObject({ high: 'infinity', blocks: 6 });
  expect(noise.standardDeviation[metric]).toBeCloseTo(1e-3, 12);
});
