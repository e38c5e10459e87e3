import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../../harness/store/journal-entry.ts';
import { advance, countedAttempt, isComplete, progressOf, type Progress } from '../../../harness/store/progress.ts';

/** Entries with an instant each, a second apart. */
type Untimed<T> = T extends { readonly at: string } ? Omit<T, 'at'> : never;
const second = (index: number): string => new Date(Date.UTC(2026, 10, 24, 14, 0, index)).toISOString();
const fold = (...entries: readonly Untimed<JournalEntry>[]): Progress =>
  progressOf(entries.map((entry, index) => ({ at: second(index), ...entry })));

const created = {
  type: 'experiment-created',
  experiment: 'e',
  planSha256: 'plan',
  profileSha256: 'profile',
  manifestSha256: 'manifest',
  inputsSha256: 'inputs',
} as const;
const block = (number: number, replaces: number | null = null, load: string | null = null) =>
  ({ type: 'block-started', block: number, load, replaces }) as const;
const started = (arm: string, attempt = 1, number = 1) =>
  ({ type: 'trial-started', trial: `00${number}-${arm}-${attempt}`, block: number, arm, attempt }) as const;
/** Not the instant of any entry: an attempt that was found on the disk ended before its entry. */
const ended = '2026-11-24T09:59:58.500Z';
const finished = (
  arm: string,
  outcome: 'valid' | 'failed' | 'invalid' = 'valid',
  attempt = 1,
  codes: readonly string[] = [],
  number = 1,
) =>
  ({
    type: 'trial-finished',
    trial: `00${number}-${arm}-${attempt}`,
    endedAt: ended,
    outcome,
    codes,
    recordSha256: `${arm}${attempt}`,
  }) as const;

const arms = [{ name: 'idle' }, { name: 'busy' }];
const firstBlock = (progress: Progress) => progress.blocks[0] ?? expect.fail('no block was started');

test('nothing has happened before the first entry', () => {
  expect(progressOf([])).toEqual({
    createdAt: null,
    lastAt: null,
    status: 'running',
    summarySha256: null,
    hashes: null,
    blocks: [],
  });
});

test('the first entry says when, and what plan, profile and manifest were', () => {
  expect(fold(created)).toMatchObject({
    createdAt: second(0),
    lastAt: second(0),
    hashes: { plan: 'plan', profile: 'profile', manifest: 'manifest', inputs: 'inputs' },
  });
});

test('a trial runs from its first entry to its last', () => {
  expect(firstBlock(fold(created, block(1), started('idle'))).attempts).toEqual([
    {
      ...{ trial: '001-idle-1', arm: 'idle', attempt: 1, startedAt: second(2), endedAt: null },
      ...{ outcome: 'running', codes: [], recordSha256: null },
    },
  ]);
  const codes = ['tracer-lost'];
  expect(firstBlock(fold(created, block(1), started('idle'), finished('idle', 'invalid', 1, codes))).attempts).toEqual([
    {
      ...{ trial: '001-idle-1', arm: 'idle', attempt: 1, startedAt: second(2), endedAt: ended },
      ...{ outcome: 'invalid', codes, recordSha256: 'idle1' },
    },
  ]);
});

test('an abandoned attempt has an end and no record; a damaged one has its record no more', () => {
  const abandoned = fold(created, block(1), started('idle'), { type: 'trial-abandoned', trial: '001-idle-1' });
  expect(firstBlock(abandoned).attempts[0]).toMatchObject({
    outcome: 'abandoned',
    endedAt: second(3),
    recordSha256: null,
  });
  const damaged = fold(created, block(1), started('idle'), finished('idle'), {
    ...{ type: 'trial-damaged', trial: '001-idle-1', damage: 'trials/001-idle-1/trial.json is missing' },
  });
  expect(firstBlock(damaged).attempts[0]).toMatchObject({
    outcome: 'invalid',
    codes: ['record-damaged'],
    endedAt: ended,
    recordSha256: null,
  });
});

test('an entry about a trial changes that trial alone', () => {
  const before = fold(created, block(1), started('idle'), started('busy'), block(2), started('idle', 1, 2));
  const after = advance(before, { at: second(9), ...finished('busy') });
  expect(after.blocks[1]).toBe(before.blocks[1]);
  expect(after.blocks[0]?.attempts[0]).toBe(before.blocks[0]?.attempts[0]);
  expect(after.blocks[0]?.attempts[1]?.outcome).toBe('valid');
});

test('a block that is set aside says why, and a fresh one in whose place it stands', () => {
  const progress = fold(created, block(1), { type: 'block-set-aside', block: 1, reason: 'pause' }, block(2, 1, 'low'));
  expect(progress.blocks).toMatchObject([
    { number: 1, setAside: 'pause', replaces: null, load: null },
    { number: 2, setAside: null, replaces: 1, load: 'low' },
  ]);
});

test('a finished experiment has its status and the hash of its summary; an interruption changes neither', () => {
  expect(fold(created, { type: 'experiment-finished', status: 'complete', summarySha256: 'sum' })).toMatchObject({
    status: 'complete',
    summarySha256: 'sum',
  });
  expect(fold(created, { type: 'experiment-interrupted' })).toMatchObject({ status: 'running', lastAt: second(1) });
});

test('an experiment that goes on is running again, and has no summary', () => {
  const end = { type: 'experiment-finished', status: 'too-many-invalid', summarySha256: 'sum' } as const;
  expect(fold(created, end, { type: 'experiment-resumed', scalelab: '0.1.0', git: null })).toMatchObject({
    status: 'running',
    summarySha256: null,
  });
});

test('entries about what the journal does not know change nothing but the instant', () => {
  const known = fold(created, block(1));
  const unknown = advance(advance(known, { at: second(8), ...finished('idle') }), {
    at: second(9),
    ...started('a', 1, 7),
  });
  expect(unknown).toEqual({ ...known, lastAt: second(9) });
});

describe('the attempt that counts for an arm', () => {
  test('is the one with an outcome, whatever was invalid, abandoned or damaged before', () => {
    const progress = fold(
      ...[created, block(1)],
      ...[started('idle', 1), finished('idle', 'invalid', 1)],
      ...[started('idle', 2), { type: 'trial-abandoned', trial: '001-idle-2' } as const],
      ...[started('idle', 3), finished('idle', 'valid', 3)],
      { type: 'trial-damaged', trial: '001-idle-3', damage: 'gone' },
      ...[started('idle', 4), finished('idle', 'failed', 4)],
    );
    expect(countedAttempt(firstBlock(progress), 'idle')?.trial).toBe('001-idle-4');
    expect(countedAttempt(firstBlock(progress), 'busy')).toBeNull();
  });

  test('is no attempt that still runs', () => {
    expect(countedAttempt(firstBlock(fold(created, block(1), started('idle'))), 'idle')).toBeNull();
  });
});

describe('a block is complete', () => {
  const both = [created, block(1), started('idle'), finished('idle'), started('busy')] as const;

  test('when every arm has an outcome, a failed one too', () => {
    expect(isComplete(firstBlock(fold(...both)), arms)).toBe(false);
    expect(isComplete(firstBlock(fold(...both, finished('busy', 'invalid'))), arms)).toBe(false);
    expect(isComplete(firstBlock(fold(...both, finished('busy', 'failed'))), arms)).toBe(true);
  });

  test('but not if it was set aside', () => {
    const aside = { type: 'block-set-aside', block: 1, reason: 'pause' } as const;
    expect(isComplete(firstBlock(fold(...both, finished('busy'), aside)), arms)).toBe(false);
  });
});

test('a long journal is folded in a moment: what did not change is not copied', () => {
  const entries = Array.from({ length: 1000 }, (_, index) => index + 1).flatMap((number) => [
    block(number),
    ...['idle', 'busy'].flatMap((arm) => [
      { ...started(arm, 1, number), trial: `${number}-${arm}` },
      { ...finished(arm), trial: `${number}-${arm}` },
    ]),
  ]);
  const progress = fold(...entries);
  expect(progress.blocks.filter((one) => isComplete(one, arms))).toHaveLength(1000);
});
