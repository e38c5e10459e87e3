import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entryShapes, parseEntry, type JournalEntry } from '../../../harness/store/journal-entry.ts';

const at = '2026-11-24T14:05:29.007Z';
const hash = 'a'.repeat(64);

/** One of every type, and where a field has several forms, each of them. */
const entries: readonly JournalEntry[] = [
  {
    ...{ at, type: 'experiment-created', experiment: 'e', planSha256: hash, profileSha256: hash },
    ...{ manifestSha256: hash, inputsSha256: hash },
  },
  { at, type: 'experiment-resumed', scalelab: '0.1.0', git: null },
  { at, type: 'experiment-resumed', scalelab: '0.1.0', git: '3f2a1c-dirty' },
  { at, type: 'block-started', block: 1, load: null, replaces: null },
  { at, type: 'block-started', block: 9, load: 'low', replaces: 2 },
  { at, type: 'trial-started', trial: '001-idle-1', block: 1, arm: 'idle', attempt: 1 },
  { at, type: 'trial-finished', trial: '001-idle-1', endedAt: at, outcome: 'valid', codes: [], recordSha256: hash },
  {
    at,
    type: 'trial-finished',
    trial: '001-idle-1',
    endedAt: at,
    outcome: 'failed',
    codes: ['start-failed'],
    recordSha256: hash,
  },
  {
    ...{ at, type: 'trial-finished', trial: '001-idle-1', endedAt: at, outcome: 'invalid', recordSha256: hash },
    codes: ['tracer-lost', 'clock-jump'],
  },
  { at, type: 'trial-abandoned', trial: '001-idle-1' },
  { at, type: 'trial-damaged', trial: '001-idle-1', damage: 'trials/001-idle-1/trial.json is missing' },
  { at, type: 'block-set-aside', block: 1, reason: 'stayed-invalid' },
  { at, type: 'block-set-aside', block: 1, reason: 'pause' },
  { at, type: 'experiment-interrupted' },
  { at, type: 'experiment-finished', status: 'complete', summarySha256: hash },
  { at, type: 'experiment-finished', status: 'too-many-invalid', summarySha256: hash },
];

test('there is an example of every type here', () => {
  expect(new Set(entries.map(({ type }) => type))).toEqual(new Set(Object.keys(entryShapes)));
});

describe.each(entries.map((entry) => [JSON.stringify(entry), entry] as const))('%s', (text, entry) => {
  test('is read as it was written', () => {
    expect(parseEntry(JSON.parse(text))).toEqual(entry);
  });

  test('is refused without any one of its fields, or with another type in it', () => {
    for (const field of Object.keys(entry)) {
      const others = Object.entries(entry).filter(([name]) => name !== field);
      for (const wrong of [undefined, {}, true, -1, 1.5, [1], 'x/../y\0']) {
        // Text may be any text where nothing is joined to a folder or chosen from a few words.
        if (typeof wrong === 'string' && isFreeText(field)) continue;
        expect([field, wrong, parseEntry(Object.fromEntries([...others, [field, wrong]]))]).toEqual([
          field,
          wrong,
          null,
        ]);
      }
    }
  });
});

const isFreeText = (field: string): boolean => /Sha256$|^(experiment|scalelab|git|load|arm|damage)$/.test(field);

test('a field more does no harm, so that a later version may add one', () => {
  expect(parseEntry({ at, type: 'experiment-interrupted', by: 'SIGTERM' })).not.toBeNull();
});

test.each(['..', '.', '', 'a/b', '/etc', 'a\\b', 'a\0b'])(
  'a trial that would lead out of its folder is refused: %j',
  (trial) => {
    expect(parseEntry({ at, type: 'trial-abandoned', trial })).toBeNull();
  },
);

test.each(['today', '2026-11-24', '2026-11-24T14:05:29Z', '2026-13-24T14:05:29.007Z', 1_795_000_000_000])(
  'an instant of another form is refused: %j',
  (instant) => {
    expect(parseEntry({ at: instant, type: 'experiment-interrupted' })).toBeNull();
  },
);

test('nothing that JSON can hold makes it throw, and what it accepts is of a known type', () => {
  const types = Object.keys(entryShapes);
  const fields = ['trial', 'block', 'arm', 'attempt', 'codes', 'outcome', 'reason', 'status', 'load', 'replaces'];
  const almost = fc
    .tuple(
      fc.constantFrom(...types, 'constructor', '__proto__', ''),
      fc.dictionary(fc.constantFrom(...fields), fc.jsonValue()),
    )
    .map(([type, rest]) => ({ at, type, ...rest }));
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), almost), (value) => {
      const entry = parseEntry(value);
      expect(entry === null || types.includes(entry.type)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
