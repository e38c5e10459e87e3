import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wrapText } from '../../../harness/cli/wrap-text.ts';

test('text is broken between words, and later lines are indented', () => {
  expect(wrapText('one two three four', 10, '  ', '- ')).toBe('- one two\n  three\n  four\n');
  expect(wrapText('short', 10)).toBe('short\n');
});

test('a word that is longer than a line has one of its own', () => {
  expect(wrapText('a https://doi.org/10.1145 b', 10, ' ')).toBe(' a\n https://doi.org/10.1145\n b\n');
});

test('no word is lost, no line is too long unless it is a single word', () => {
  const word = fc.stringMatching(/^[a-z]{1,12}$/);
  fc.assert(
    fc.property(fc.array(word, { maxLength: 40 }), fc.integer({ min: 5, max: 60 }), (words, columns) => {
      const lines = wrapText(words.join(' '), columns, '  ').split('\n').slice(0, -1);
      expect(lines.flatMap((line) => line.trim().split(' ')).filter((one) => one !== '')).toEqual(words);
      for (const line of lines) expect(line.length <= columns || !line.trim().includes(' ')).toBe(true);
    }),
  );
});
