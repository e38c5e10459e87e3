import { expect, test } from 'vitest';
import { nearest } from '../../../harness/yaml/did-you-mean.ts';

const known = ['p50', 'p95', 'duration', 'warmup', 'idle', 'stress-1', 'stress-2x'];

test.each([
  ['duraton', 'duration'],
  ['Duration', 'duration'],
  ['wamrup', 'warmup'],
  ['warm-up', 'warmup'],
  ['stress1', 'stress-1'],
  ['ilde', 'idle'],
  ['p59', 'p95'],
])('%s may mean %s', (word, meant) => {
  expect(nearest(word, known)).toBe(meant);
});

test.each(['', 'x', 'blocks', 'testbed', 'd'.repeat(100_000)])('%s means none of them', (word) => {
  expect(nearest(word, known)).toBeNull();
});
