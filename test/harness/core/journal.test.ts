import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Journal, parseJournal, type JournalContent } from '../../../harness/core/journal.ts';
import { fillDisk, smallDisk } from '../../rig/small-disk.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

interface Entry {
  readonly number: number;
  readonly text?: string;
}

function parseEntry(value: unknown): Entry | null {
  if (typeof value !== 'object' || value === null || !('number' in value) || typeof value.number !== 'number')
    return null;
  const { number } = value;
  return 'text' in value && typeof value.text === 'string' ? { number, text: value.text } : { number };
}

const readBack = (path: string): JournalContent<Entry> => parseJournal(readFileSync(path, 'utf8'), parseEntry);

const entry = (number: number): string => `${JSON.stringify({ number })}\n`;

test('what was appended is read again, in order, also by a later process', () => {
  const path = join(temporaryFolder(), 'journal.jsonl');
  for (const numbers of [[1, 2], [3]]) {
    using journal = Journal.open<Entry>(path);
    for (const number of numbers) journal.append({ number });
  }
  expect(readFileSync(path, 'utf8')).toBe(entry(1) + entry(2) + entry(3));
  expect(readBack(path)).toEqual({
    entries: [{ number: 1 }, { number: 2 }, { number: 3 }],
    damage: [],
  });
});

test('an entry is in the file when append returns', () => {
  const path = join(temporaryFolder(), 'journal.jsonl');
  using journal = Journal.open<Entry>(path);
  journal.append({ number: 1 });
  expect(readFileSync(path, 'utf8')).toBe(entry(1));
});

test('any text in an entry stays on one line and comes back', () => {
  const path = join(temporaryFolder(), 'journal.jsonl');
  const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('a\nb', 'a\r\nb', '\u2028', '\\n', '"', '\0'));
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
      rmSync(path, { force: true });
      using journal = Journal.open<Entry>(path);
      texts.forEach((each, number) => {
        journal.append({ number, text: each });
      });
      expect(readBack(path)).toEqual({
        entries: texts.map((each, number) => ({ number, text: each })),
        damage: [],
      });
    }),
    { numRuns: 30 },
  );
});

test('a last line that was cut is reported, and the others are used', () => {
  expect(parseJournal(`${entry(1)}${entry(2)}{"number":3,"te`, parseEntry)).toEqual({
    entries: [{ number: 1 }, { number: 2 }],
    damage: [{ line: 3, text: '{"number":3,"te', entriesBefore: 2 }],
  });
});

test('damaged lines in the middle are reported with their number and their beginning, and the others are used', () => {
  const text = `${entry(1)}{"number":"two"}\n\n\0\0\0\n${'x'.repeat(200)}\nnull\n${entry(6)}`;
  expect(parseJournal(text, parseEntry)).toEqual({
    entries: [{ number: 1 }, { number: 6 }],
    damage: [
      { line: 2, text: '{"number":"two"}', entriesBefore: 1 },
      { line: 4, text: '\0\0\0', entriesBefore: 1 },
      { line: 5, text: 'x'.repeat(80), entriesBefore: 1 },
      { line: 6, text: 'null', entriesBefore: 1 },
    ],
  });
});

test('a journal cut at any byte loses at most its last entry', () => {
  const whole = Buffer.from(entry(1) + entry(2) + JSON.stringify({ number: 3, text: 'é∞😀' }) + '\n');
  fc.assert(
    fc.property(fc.nat(whole.length), (length) => {
      const { entries, damage } = parseJournal(whole.subarray(0, length).toString(), parseEntry);
      const complete = whole.subarray(0, length).toString().split('\n').length - 1;
      expect(entries.length).toBeGreaterThanOrEqual(complete);
      expect(entries.map(({ number }) => number)).toEqual([1, 2, 3].slice(0, entries.length));
      expect(damage.length).toBeLessThanOrEqual(1);
    }),
  );
});

test('an entry after a cut line stands on a line of its own, and the cut line stays as it was', () => {
  const path = join(temporaryFolder(), 'journal.jsonl');
  writeFileSync(path, `${entry(1)}{"numb`);
  {
    using journal = Journal.open<Entry>(path);
    journal.append({ number: 3 });
  }
  expect(readFileSync(path, 'utf8')).toBe(`${entry(1)}{"numb\n${entry(3)}`);
  expect(readBack(path)).toEqual({
    entries: [{ number: 1 }, { number: 3 }],
    damage: [{ line: 2, text: '{"numb', entriesBefore: 1 }],
  });
});

test('opening a journal that ends as it should changes nothing', () => {
  const path = join(temporaryFolder(), 'journal.jsonl');
  writeFileSync(path, entry(1));
  Journal.open<Entry>(path)[Symbol.dispose]();
  expect(readFileSync(path, 'utf8')).toBe(entry(1));
});

test('on a full disk append says so, the journal is as it was, and it goes on when there is space', (context) => {
  const folder = smallDisk(context);
  const path = join(folder, 'journal.jsonl');
  using journal = Journal.open<Entry>(path);
  journal.append({ number: 1 });
  const giveBack = fillDisk(folder, 0);

  // Longer than what is left of the page it begins in: a part of it fits.
  expect(() => {
    journal.append({ number: 2, text: 'x'.repeat(10_000) });
  }).toThrow(
    expect.objectContaining({
      code: 'results-not-writable',
      message: `${path} could not be written: the disk is full.`,
      hint: 'Free some space and run the same command again; what was finished stays valid.',
    }),
  );
  expect(readFileSync(path, 'utf8')).toBe(entry(1));

  giveBack();
  journal.append({ number: 3 });
  expect(readFileSync(path, 'utf8')).toBe(entry(1) + entry(3));
});

test.runIf(existsSync('/dev/full'))('what cannot even be taken back is reported by what went wrong first', () => {
  // A disk that is always full, and that nothing can be cut off from.
  using journal = Journal.open<Entry>('/dev/full');
  expect(() => {
    journal.append({ number: 1 });
  }).toThrow(
    expect.objectContaining({
      code: 'results-not-writable',
      message: '/dev/full could not be written: the disk is full.',
    }),
  );
});

test('a journal that cannot be opened is named', () => {
  const path = join(temporaryFolder(), 'gone', 'journal.jsonl');
  expect(() => Journal.open<Entry>(path)).toThrow(
    expect.objectContaining({
      code: 'results-not-writable',
      message: `${path} could not be written: no such file or directory.`,
    }),
  );
  expect(existsSync(path)).toBe(false);
});

test('two writers of one journal do not overwrite each other', () => {
  const path = join(temporaryFolder(), 'journal.jsonl');
  using journal = Journal.open<Entry>(path);
  journal.append({ number: 1 });
  appendFileSync(path, entry(2));
  journal.append({ number: 3 });
  expect(readFileSync(path, 'utf8')).toBe(entry(1) + entry(2) + entry(3));
});
