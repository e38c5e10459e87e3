import fc from 'fast-check';
import { expect, test } from 'vitest';
import { criticalPath } from '../../../harness/analysis/critical-path.ts';
import type { Span } from '../../../harness/telemetry/span.ts';
import { arbitrarySpans, spanOf } from '../../rig/arbitrary-spans.ts';

/** Self time by service. */
const pathOf = (spans: readonly Span[]): Record<string, number> | null => {
  const path = criticalPath(spans);
  return path && Object.fromEntries(path.map(({ span, selfMs }) => [span.service, selfMs]));
};

test('calls one after the other are all on the path, and what lies between them is the time of their caller', () => {
  const spans = [spanOf(1, 0, 'front', [0, 10]), spanOf(2, 1, 'a', [1, 4]), spanOf(3, 1, 'b', [5, 9])];
  expect(pathOf(spans)).toEqual({ front: 3, a: 3, b: 4 });
});

test('of parallel calls only the one that ends last is on the path', () => {
  const spans = [spanOf(1, 0, 'front', [0, 10]), spanOf(2, 1, 'short', [1, 3]), spanOf(3, 1, 'long', [2, 9])];
  // The short one ended while the long one was under way: nothing waited for it.
  expect(pathOf(spans)).toEqual({ front: 3, long: 7 });
});

test('the path goes down through the calls of a call', () => {
  const spans = [
    spanOf(1, 0, 'front', [0, 10]),
    spanOf(2, 1, 'text', [1, 9]),
    spanOf(3, 2, 'url', [2, 5]),
    spanOf(4, 2, 'mention', [2, 7]),
    spanOf(5, 4, 'store', [3, 6]),
  ];
  expect(pathOf(spans)).toEqual({ front: 2, text: 3, mention: 2, store: 3 });
});

test('a call that its stamps let outlive its caller is cut to it', () => {
  expect(pathOf([spanOf(1, 0, 'front', [0, 10]), spanOf(2, 1, 'a', [4, 10.5])])).toEqual({ front: 4, a: 6 });
});

test('spans without a front, or with two, have no path', () => {
  expect(criticalPath([])).toBeNull();
  expect(criticalPath([spanOf(2, 1, 'a', [0, 1])])).toBeNull();
  expect(criticalPath([spanOf(1, 0, 'front', [0, 1]), spanOf(2, 0, 'front', [0, 1])])).toBeNull();
});

test('a span that is its own ancestor does not hold the path for ever', () => {
  const spans = [spanOf(1, 0, 'front', [0, 4]), spanOf(2, 2, 'a', [0, 4]), spanOf(1, 1, 'b', [1, 3])];
  expect(pathOf(spans)).toEqual({ front: 2, b: 2 });
});

test('the self times of any tree add up to the front’s span, and none is negative', () => {
  fc.assert(
    fc.property(arbitrarySpans, (spans) => {
      const path = criticalPath(spans) ?? [];
      expect(path.every(({ selfMs }) => selfMs >= 0)).toBe(true);
      const front = spans[0] ?? expect.fail('no front');
      const total = path.reduce((sum, { selfMs }) => sum + selfMs, 0);
      expect(total).toBeCloseTo(front.endMs - front.startMs, 9);
      expect(new Set(path.map(({ span }) => span.id)).size).toBe(path.length);
    }),
  );
});

test('the order in which spans were written makes no difference', () => {
  fc.assert(
    fc.property(arbitrarySpans, (spans) => {
      const sorted = (path: ReturnType<typeof criticalPath>) =>
        path?.map(({ span, selfMs }) => [span.id, selfMs]).sort();
      expect(sorted(criticalPath([...spans].reverse()))).toEqual(sorted(criticalPath(spans)));
    }),
  );
});
