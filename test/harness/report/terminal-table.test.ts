import { expect, test } from 'vitest';
import { terminalTable } from '../../../harness/report/terminal-table.ts';
import { type ExampleOptions, exampleInput } from './example.ts';
import { loadOf } from '../../rig/recorded.ts';

function tableOf(options: ExampleOptions): string {
  const { summary, plan } = exampleInput(options);
  return terminalTable(summary, plan);
}

test('the table of arms is plain text in straight columns, 100 characters wide at most', () => {
  const table = tableOf({ failedBlocks: [2] });
  expect(table).toBe(
    [
      'arm           valid  failed  invalid  canary p50  canary p95  canary p99  all p50  all p95  all p99',
      'idle              8       0        0     7.50 µs     20.8 µs     31.7 µs  5.95 µs  46.3 µs   154 µs',
      'stress-1          8       0        1     10.2 µs     58.1 µs      100 µs  7.73 µs   772 µs  3.00 ms',
      'stress-cores      8       0        0     21.9 µs     2.09 ms     4.00 ms  81.0 µs  5.00 ms  10.8 ms',
      'stress-2x         7       1        0     1.35 ms     6.14 ms     10.3 ms  1.53 ms  12.7 ms  24.9 ms',
    ].join('\n'),
  );
});

test('without a histogram it shows means and totals instead of quantiles', () => {
  expect(tableOf({ source: 'schedstat' }).split('\n').slice(0, 2)).toEqual([
    'arm           valid  failed  invalid  canary mean  canary total  all mean  all total',
    'idle              8       0        0      9.08 µs     1.82 ms/s   13.7 µs  39.7 ms/s',
  ]);
});

test('before any trial it has the arms and their counts', () => {
  expect(tableOf({ blocks: 0 }).split('\n')[1]).toBe('idle              0       0        0');
});

test('under several loads it says that its numbers are over all of them', () => {
  const { summary, plan } = exampleInput();
  const loads = ['low', 'high'].map((name) => loadOf(name, 50));
  const headOf = (count: number): string | undefined =>
    terminalTable(summary, { ...plan, loads: loads.slice(0, count) }).split('  ')[0];
  expect([0, 1, 2].map(headOf)).toEqual(['arm', 'arm', 'arm, all loads together']);
});
