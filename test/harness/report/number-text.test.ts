import { expect, test } from 'vitest';
import {
  formatBytes,
  formatDifference,
  formatInterval,
  formatMetric,
  formatP,
  formatSpread,
} from '../../../harness/report/number-text.ts';

const metric = 'canary-wait-p95';

test('a difference has a sign, a proper minus, and no sign at zero', () => {
  expect([41e-6, -3.2e-3, 0, 'infinity' as const].map((value) => formatDifference(value, metric))).toEqual([
    '+41.0 µs',
    '−3.20 ms',
    '0 s',
    'unbounded',
  ]);
});

test('an interval leaves units out only if they are those of the number beside it', () => {
  expect(formatInterval({ low: 12e-6, high: 95e-6 }, metric, 41e-6)).toBe('[12.0, 95.0]');
  expect(formatInterval({ low: 0, high: 95e-6 }, metric, 41e-6)).toBe('[0, 95.0]');
  expect(formatInterval({ low: -800e-9, high: 95e-6 }, metric, 41e-6)).toBe('[−800 ns, 95.0 µs]');
  expect(formatInterval({ low: 12e-6, high: 95e-6 }, metric, 1e-3)).toBe('[12.0 µs, 95.0 µs]');
  expect(formatInterval({ low: 0.5, high: 1.25 }, 'all-wait-total', 0.75)).toBe('[500 ms/s, 1.25 s/s]');
});

test('an end that only failed trials reach is unbounded, and a nearer one says on which side', () => {
  expect(formatInterval({ low: 12e-6, high: 'infinity' }, metric, 41e-6)).toBe('[12.0, unbounded]');
  expect(formatInterval({ low: '-infinity', high: 95e-6 }, metric, 41e-6)).toBe('[unbounded, 95.0]');
  expect(formatInterval({ low: 'infinity', high: 'infinity' }, metric, 'infinity')).toBe(
    '[above any number, unbounded]',
  );
  expect(formatInterval({ low: '-infinity', high: '-infinity' }, metric, null)).toBe('[unbounded, below any number]');
});

test('a spread shows its range with one unit where one is enough, and a dash for no trial', () => {
  const format = (value: number): string => formatMetric(value, metric);
  expect(formatSpread({ median: 20e-6, low: 10e-6, high: 30e-6, trials: 8 }, format)).toEqual({
    text: '20.0 µs',
    detail: '10.0 to 30.0 µs',
  });
  expect(formatSpread({ median: 20e-6, low: 10e-6, high: 2e-3, trials: 8 }, format).detail).toBe('10.0 µs to 2.00 ms');
  expect(formatSpread(null, format)).toEqual({ text: '–', detail: '' });
});

test('small p-values are bounded, not rounded to zero', () => {
  expect([0.0078125, 1, 0.00001].map(formatP)).toEqual(['0.0078', '1.0000', '< 0.0001']);
});

test('bytes have binary units', () => {
  expect([512, 6.2 * 1024 ** 2, 16 * 1024 ** 3].map(formatBytes)).toEqual(['512 B', '6.20 MiB', '16.0 GiB']);
});

test('shares are percent, and differ by percentage points; CPU is in cores', () => {
  expect(formatMetric(0.0321, 'violation-share')).toBe('3.21 %');
  expect(formatDifference(-0.012, 'violation-share')).toBe('\u22121.20 percentage points');
  expect(formatInterval({ low: -0.02, high: 0.001 }, 'violation-share', -0.012)).toBe('[\u22122.00, 0.100]');
  expect([formatMetric(0.85, 'cpu-cores'), formatDifference(0.1, 'cpu-cores')]).toEqual([
    '0.850 cores',
    '+0.100 cores',
  ]);
  expect(formatMetric(0.0123, 'latency-p99')).toBe('12.3 ms');
  expect(formatMetric(0.0123, 'application-wait-total')).toBe('12.3 ms/s');
});
