import { expect, test } from 'vitest';
import { abnormalEnd } from '../../../../harness/load/k6/k6-end.ts';
import { lastWords } from '../../../../harness/load/k6/last-words.ts';
import { recordedFailures } from './recording.ts';

test('every recorded failure is told with its cause', async () => {
  const told = recordedFailures.map((failure) => {
    const end = abnormalEnd({ exitCode: failure.exit, signal: failure.signal }) ?? `status ${failure.exit ?? '?'}`;
    return `${failure.case}\n    k6 ${end}: ${lastWords('/nowhere/log', failure.stderr)}\n`;
  });

  expect(told).toHaveLength(49);
  await expect(told.join('')).toMatchFileSnapshot('../../../fixtures/k6/failures-told.txt');
});

test('a result is no failure, and an unknown status is shown', () => {
  expect(abnormalEnd({ exitCode: 0, signal: null })).toBeNull();
  expect(abnormalEnd({ exitCode: 99, signal: null })).toBeNull();
  expect(abnormalEnd({ exitCode: 42, signal: null })).toBe('ended in an unknown way (exit status 42)');
});
