import { expect, test } from 'vitest';
import { leavesSpans, traceParent } from '../../../harness/load/trace-context.ts';

test('the trace context holds the number of the request and its seed', () => {
  expect(traceParent(0, 0xdeadbeef, 0)).toBe('00-000000000000000100000000deadbeef-0000000000000001-00');
  expect(traceParent(15_999_999, 1, 1)).toBe('00-0000000000f424000000000000000001-0000000000000001-01');
});

test('the share of requests that leave spans is what was asked for, and more of them leave spans only in addition', () => {
  const seeds = Array.from({ length: 20_000 }, (_, index) => Math.imul(index, 0x9e3779b1) >>> 0);
  const share = (of: number): number => seeds.filter((seed) => leavesSpans(seed, of)).length / seeds.length;

  expect([share(0), share(1)]).toEqual([0, 1]);
  expect(Math.abs(share(0.1) - 0.1)).toBeLessThan(0.01);
  expect(seeds.filter((seed) => leavesSpans(seed, 0.1)).every((seed) => leavesSpans(seed, 0.2))).toBe(true);
});
