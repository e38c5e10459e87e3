import { expect, test } from 'vitest';
import { throttledShareOf } from '../../../harness/analysis/throttled-share.ts';
import { sampleOf, waitsOf } from '../../rig/recorded.ts';

const samples = [
  sampleOf(1, { waits: [waitsOf('a-1', [0.03]), waitsOf('a-1', [0.01], { cause: 'throttled' })] }),
  sampleOf(2, { waits: [waitsOf('a-1', [0.02, 0.02], { cause: 'throttled' }), waitsOf('b-1', [0.02])] }),
  sampleOf(3, { waits: [waitsOf('b-1', [0.02], { cause: 'any', slots: null })] }),
  sampleOf(4, { waits: null }),
];
const share = throttledShareOf(samples);

test('the wait of a replica is split as the tracer saw it in the samples that the span falls into', () => {
  expect(share('a-1', 100, 200)).toBeCloseTo(0.25, 12);
  expect(share('a-1', 1100, 1900)).toBe(1);
  // 0.03 s of contention and 0.05 s of throttling.
  expect(share('a-1', 900, 1100)).toBeCloseTo(0.625, 12);
  expect(share('b-1', 1100, 1200)).toBe(0);
});

test('nothing tells where the replica did not wait, the source cannot tell, or the tracer gave nothing', () => {
  expect(share('a-1', 2100, 2200)).toBeNull();
  expect(share('b-1', 1900, 2100)).toBeNull();
  expect(share('a-1', 3100, 3200)).toBeNull();
  expect(share('c-1', 100, 200)).toBeNull();
});
