import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BoundedLines } from '../../../../harness/policy/process/bounded-lines.ts';
import { lastWords } from '../../../../harness/policy/process/last-words.ts';
import { parseJson, writeJson } from '../../../../harness/policy/process/not-finite.ts';
import { cpuSecondsOf, peakBytesOf } from '../../../../harness/policy/process/process-tree.ts';

describe('lines of a stranger', () => {
  const line = fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/[\r\n]/g, '-'));

  test('come out as they went in, wherever the text was cut', () => {
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat(200)), (all, cuts) => {
        const text = all.map((one) => `${one}\n`).join('');
        const at = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
        const lines = new BoundedLines(20);
        const out = at.slice(1).flatMap((end, index) => lines.push(text.slice(at[index], end)) ?? ['too long']);
        expect(out).toEqual(all);
      }),
    );
  });

  test('that are longer than allowed are told, with or without their end, and whole or in pieces', () => {
    expect(new BoundedLines(3).push('abc\nabc\n')).toEqual(['abc', 'abc']);
    expect(new BoundedLines(3).push('abc\nabcd\n')).toBeNull();
    expect(new BoundedLines(3).push('abcd')).toBeNull();
    const pieces = new BoundedLines(3);
    expect(pieces.push('ab')).toEqual([]);
    expect(pieces.push('cd')).toBeNull();
  });
});

describe('JSON with numbers that it lacks', () => {
  test('is read as JSON where it is JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(parseJson(JSON.stringify(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('is read with their names, and without touching what is text', () => {
    const text = '[NaN, -Infinity, {"NaN": Infinity, "a \\"NaN\\\\": "NaN Infinity"}, "x\\\\", NaN]';
    expect(parseJson(text)).toEqual([
      'NaN',
      '-Infinity',
      { NaN: 'Infinity', 'a "NaN\\': 'NaN Infinity' },
      'x\\',
      'NaN',
    ]);
  });

  test.each(['', 'nan', '[NaN', '{NaN: 1', '"NaN', 'undefined', '--Infinity'])(
    'is refused where it is none: %j',
    (text) => {
      expect(() => parseJson(text)).toThrow(SyntaxError);
    },
  );

  test('is written so that it can be read again', () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity));
    fc.assert(
      fc.property(fc.array(number), (numbers) => {
        const expected = numbers.map((one) => (Number.isFinite(one) ? one + 0 : String(one)));
        expect(parseJson(writeJson({ numbers }))).toEqual({ numbers: expected });
      }),
    );
  });
});

describe('last words', () => {
  test.each([
    ['nothing', '', ''],
    ['one line', 'policy.sh: 4: foo: not found\n', 'policy.sh: 4: foo: not found'],
    ['the last of many', 'a\nb\n\n c \nd', 'b; c; d'],
    [
      'an error of Node',
      "/x/y.js:3\n  throw new Error('no');\n  ^\n\nError: no\n    at f (/x/y.js:3:9) {\n  code: 'NO',\n  url: 'x'\n}\n\nNode.js v20.20.2\n",
      "/x/y.js:3; throw new Error('no');; Error: no",
    ],
    [
      'marks of Python',
      '  File "x.py", line 1\n    f(1/0)\n      ~^~\nZeroDivisionError: division by zero',
      'File "x.py", line 1; f(1/0); ZeroDivisionError: division by zero',
    ],
  ])('are the end of what was said: %s', (_, text, words) => {
    expect(lastWords(text)).toBe(words);
  });

  test('are cut where they have no end', () => {
    expect(lastWords(`${'x'.repeat(2000)}!`)).toBe(`...${'x'.repeat(599)}!`);
  });
});

describe('what a process has used', () => {
  test('is its own CPU time and that of children it waited for, whatever its name is', () => {
    const stat = '4242 (a ) b (c) S 1 4242 4242 0 -1 4194560 1 2 3 4 150 50 7 3 20 0 1 0 99 1000 200';
    expect(cpuSecondsOf(stat)).toBe(2.1);
  });

  test('is the peak of its memory', () => {
    expect(peakBytesOf('Name:\tx\nVmPeak:\t 999 kB\nVmHWM:\t    2048 kB\nVmRSS:\t 100 kB\n')).toBe(2_097_152);
    expect(peakBytesOf('Name:\tx\nState:\tZ (zombie)\n')).toBe(0);
  });
});
