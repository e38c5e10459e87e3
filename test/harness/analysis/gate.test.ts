import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeGate, type GateQuestion, type GateResult } from '../../../harness/analysis/gate.ts';
import { armOf, examplePlan, loadOf, metricsOf } from '../../rig/recorded.ts';

type Value = number | 'failed' | null;

const plan = examplePlan({ arms: ['base', 'a', 'b'].map((name) => armOf(name, null)) });
const atMost = (ratio: number): GateQuestion => ({
  ...{ baseline: 'base', metric: 'core-seconds' },
  bound: { kind: 'at-most', ratio },
});
const outcome = (value: Value) =>
  value === 'failed' ? value : metricsOf(value === null ? {} : { 'core-seconds': value });

/** @param pairs of base and arm, by block */
function judged(
  pairs: readonly (readonly [base: Value, arm: Value])[],
  question = atMost(1.05),
): GateResult | undefined {
  const blocks = pairs.map(([base, arm], index) => ({
    ...{ block: index + 1, load: null },
    outcomes: new Map([
      ['base', outcome(base)],
      ['a', outcome(arm)],
    ]),
  }));
  return judgeGate(plan, blocks, question, ['a'])[0];
}

const times = (ratios: readonly number[]): (readonly [number, number])[] => ratios.map((ratio) => [20, 20 * ratio]);

test('six ratios computed by hand: their median, and an interval from the least to the most', () => {
  expect(judged(times([0.9, 0.8, 1, 0.7, 0.95, 0.85]))).toEqual({
    ...{ arm: 'a', load: null, blocks: 6, failedBlocks: 0 },
    ratio: expect.closeTo(0.875, 12) as number,
    interval: { low: expect.closeTo(0.7, 12) as number, high: 1, level: 0.96875 },
    verdict: 'met',
  });
});

test('met is only what lies whole below the bound, and missed what lies whole above', () => {
  const ratios = [0.9, 0.8, 1, 0.7, 0.95, 0.85];

  expect([1, 0.99, 0.7, 0.69].map((ratio) => judged(times(ratios), atMost(ratio))?.verdict)).toEqual([
    'met',
    'not-decided',
    'not-decided',
    'not-met',
  ]);
});

test('at least is the other way round', () => {
  const question = (ratio: number): GateQuestion => ({ ...atMost(1), bound: { kind: 'at-least', ratio } });
  const ratios = [1, 1.5, 2, 2.5, 3, 4];

  expect([1, 1.1, 4, 4.1].map((ratio) => judged(times(ratios), question(ratio))?.verdict)).toEqual([
    'met',
    'not-decided',
    'not-decided',
    'not-met',
  ]);
});

test('five blocks have a number and decide nothing', () => {
  expect(judged(times([0.1, 0.1, 0.1, 0.1, 0.1]))).toMatchObject({
    ...{ blocks: 5, interval: null, verdict: 'not-decided' },
    ratio: 0.1,
  });
  expect(judged([])).toMatchObject({ blocks: 0, ratio: null, interval: null, verdict: 'not-decided' });
});

test('a failed trial is worse than any number, and two are equal', () => {
  const failing = judged([...times([0.9, 0.9, 0.9, 0.9, 0.9]), [20, 'failed']]);
  expect(failing).toMatchObject({ blocks: 6, failedBlocks: 1, interval: { high: Infinity }, verdict: 'not-decided' });

  expect(judged([...times([0.9, 0.9, 0.9, 0.9, 0.9]), ['failed', 20]])).toMatchObject({
    ...{ failedBlocks: 1, interval: { low: 0 }, verdict: 'met' },
  });
  expect(judged(times([2, 2, 2, 2, 2]).concat([['failed', 'failed'] as never]))).toMatchObject({
    interval: { low: 1, high: 2 },
  });
});

test('nothing against nothing is equal, something against nothing has no bound', () => {
  expect(judged(new Array<readonly [number, number]>(6).fill([0, 0]))).toMatchObject({ ratio: 1, verdict: 'met' });
  expect(judged(new Array<readonly [number, number]>(6).fill([0, 1]))).toMatchObject({
    ...{ ratio: Infinity, failedBlocks: 0, verdict: 'not-met' },
  });
});

test('a block in which one of the two has no number is left out', () => {
  expect(judged([...times([0.9, 0.9, 0.9, 0.9, 0.9, 0.9]), [null, 20], [20, null]])).toMatchObject({ blocks: 6 });
});

test('every arm is asked under every load', () => {
  const loads = ['low', 'high'].map((name) => loadOf(name, 10));
  const twoLoads = examplePlan({ arms: plan.arms, loads });
  const blocks = ['low', 'high', 'high'].map((load, index) => ({
    ...{ block: index + 1, load },
    outcomes: new Map(['base', 'a', 'b'].map((arm, place) => [arm, outcome(1 + place)])),
  }));

  const results = judgeGate(twoLoads, blocks, atMost(1), ['a', 'b']);
  expect(results.map(({ arm, load, blocks: count, ratio }) => [arm, load, count, ratio])).toEqual([
    ['a', 'low', 1, 2],
    ['a', 'high', 2, 2],
    ['b', 'low', 1, 3],
    ['b', 'high', 2, 3],
  ]);
});

test('whatever the numbers, one verdict holds, and a gate that is met stays so with a wider bound', () => {
  const value = fc.oneof(fc.double({ min: 0, max: 1e6, noNaN: true }), fc.constant('failed' as const));
  const pairs = fc.array(fc.tuple(value, value), { maxLength: 12 });
  const ratio = fc.double({ min: 0.001, max: 1000, noNaN: true });
  fc.assert(
    fc.property(pairs, ratio, ratio, (given, one, other) => {
      const [narrow, wide] = [Math.min(one, other), Math.max(one, other)];
      if (judged(given, atMost(narrow))?.verdict === 'met') {
        expect(judged(given, atMost(wide))?.verdict).toBe('met');
      }
      if (judged(given, atMost(wide))?.verdict === 'not-met') {
        expect(judged(given, atMost(narrow))?.verdict).toBe('not-met');
      }
    }),
  );
});
