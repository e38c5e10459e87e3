import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatDiagnostics } from '../../../harness/yaml/diagnostic.ts';
import { loadProfile } from '../../../harness/profile/load-profile.ts';
import { mistakes, profileText, refusal } from './profile-text.ts';

describe('what is no YAML is told with line and column', () => {
  test.each([
    [
      'seed: [1\nblocks: 2',
      '2:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
    [
      'a: b: c',
      '1:4: not valid YAML: Nested mappings are not allowed in compact mappings; expected quotes around a value that holds ": "',
    ],
    ['\tseed: 1', '1:1: not valid YAML: Tabs are not allowed as indentation'],
    ["seed: '1\n", `1:9: not valid YAML: Missing closing 'quote`],
    ['seed: @1', '1:7: not valid YAML: Plain value cannot start with reserved character @'],
    ['seed: !random 1', '1:7: not valid YAML: Unresolved tag: !random'],
    ['seed: 1\n---\nseed: 2', '2:1: not valid YAML: a second document begins here, expected one only'],
    [
      '%YAML 1.1\n---\nseed: 2001-01-01',
      '3:7: seed: found a value of an unknown kind, expected a text, a number, true or false',
    ],
    ['seed: *unknown', '1:7: seed: the alias *unknown has no anchor before it'],
    ['arms: &arms [*arms]', '1:14: arms[0]: the alias *arms stands inside its own anchor'],
  ])('%j', (text, expected) => {
    expect(mistakes(text)).toContain(expected);
  });

  test('mistakes of syntax are all told', () => {
    expect(mistakes('a: "x\nb: @')).toHaveLength(1);
    expect(mistakes('- @a\n- `b\n')).toEqual([
      '1:3: not valid YAML: Plain value cannot start with reserved character @',
      '2:3: not valid YAML: Plain value cannot start with reserved character `',
    ]);
  });
});

describe('what is no profile', () => {
  const nothing = '1:1: nothing in it, expected a profile: a mapping with at least testbed, arms and hypotheses';
  test.each([
    ['', nothing],
    ['# only a comment\n', nothing],
    ['~', nothing],
    [
      'hello',
      '1:1: found "hello", expected a mapping with the keys description, seed, blocks, aa, testbed, application, objective, driver, faults, timeCompression, source, trial, sampleInterval, canary, bounds, prices, arms, loads, hypotheses, limits',
    ],
  ])('%j', (text, expected) => {
    expect(mistakes(text)).toEqual([expected]);
  });
});

describe('what would take all memory or time', () => {
  test('aliases of aliases', () => {
    const lines = Array.from({ length: 30 }, (_, level) => {
      const below = level === 0 ? 'lol' : `*a${level - 1}`;
      return `x${level}: &a${level} [${Array.from({ length: 10 }, () => below).join(', ')}]`;
    });

    expect(mistakes(lines.join('\n'))).toEqual([
      '1:1: more than 20000 values with all aliases expanded, expected a profile',
    ]);
  });

  test('a chain of aliases, each a level deeper', () => {
    const lines = Array.from(
      { length: 500 },
      (_, level) => `x${level}: &a${level} ${level === 0 ? '1' : `[*a${level - 1}]`}`,
    );

    expect(mistakes(lines.join('\n'))).toEqual(['1:1: nested deeper than 64 levels, expected a profile']);
  });

  test('a hundred thousand aliases of one anchor', () => {
    expect(mistakes(`a: &a 1\nb: [${'*a, '.repeat(100_000)}]`)).toEqual([
      '1:1: more than 20000 values with all aliases expanded, expected a profile',
    ]);
  });

  test.each(['[', '{a: ', '- '])('%j nested half a million characters deep', (opening) => {
    const [first, ...others] = mistakes(opening.repeat(500_000 / opening.length));

    expect(first).toMatch(/^1:\d+: not valid YAML: nested too deeply$/);
    expect(others).toEqual([]);
  });

  test('more than 1 MB', () => {
    expect(mistakes(`${profileText()}#${' '.repeat(1_000_000)}`)).toEqual([
      '1:1: larger than 1 MB, expected a profile',
    ]);
    expect(mistakes(`${profileText()}#${' '.repeat(900_000)}`)).toEqual([]);
  });

  test('a matrix of a million combinations', () => {
    const values = Array.from({ length: 10 }, (_, index) => index).join(', ');
    const options = Array.from({ length: 6 }, (_, index) => `o${index}: [${values}]`).join(', ');

    expect(mistakes(profileText({ arms: `arms: [{ name: idle }, { name: "x", matrix: { ${options} } }]` }))).toContain(
      '3:45: arms[1].matrix: expands to 1000000 arms, expected at most 100',
    );
  });
});

test('of very many mistakes a hundred are printed, and how many more there are', () => {
  const keys = Array.from({ length: 1234 }, (_, index) => `key${index}: 1`).join('\n');
  const lines = refusal(`${profileText()}${keys}\n`).split('\n');

  expect(lines).toHaveLength(301);
  expect(lines.at(-1)).toBe('... and 1134 more');
});

test('a long line is cut around the mistake, and tabs keep the caret in its column', () => {
  const [, shown = '', caret = ''] = refusal(
    profileText({ canary: `canary: { rate: 200/s, work: 100us${' '.repeat(500)},\tfoo: 1 }` }),
  ).split('\n');

  expect(shown.length).toBeLessThanOrEqual(124);
  expect(shown.slice(caret.length - 1)).toBe('foo: 1 }');
  expect(caret).toMatch(/^ +\t\^$/);
});

test('what a profile holds cannot steer the terminal it is shown on', () => {
  const text = profileText({ seed: 'seed: "\\e[2J" # \u001b[31mred\u001b[0m \u202Egnp' });
  const printed = refusal(text);

  expect(printed).toContain('found "\\u001b[2J"');
  expect(printed).toMatch(/^[^\p{C}]*(\n[^\p{C}]*)*$/u);
});

test('any text is either a profile or refused at places that are in it', () => {
  const words = fc.constantFrom(
    ...profileText().split(/(?=[\s{}[\],:])|(?<=[\s{}[\],:])/),
    '&a',
    '*a',
    '<<',
    '!x',
    '"',
    "'",
    '|',
    '{x}',
    'matrix',
    '\t',
    '-',
  );
  const damaged = fc.tuple(fc.nat(400), fc.nat(40), fc.array(words, { maxLength: 6 })).map(([at, length, put]) => {
    const text = profileText();
    return text.slice(0, at) + put.join('') + text.slice(at + length);
  });
  fc.assert(
    fc.property(
      fc.oneof(
        damaged,
        fc.string({ unit: 'binary' }),
        fc.array(words).map((parts) => parts.join('')),
      ),
      fc.array(fc.string(), { maxLength: 2 }),
      (text, sets) => {
        const result = loadProfile({ text, fileName: 'exp.yaml', sets });
        if (result.ok) return;
        expect(result.diagnostics.length).toBeGreaterThan(0);
        for (const { source, line, column, lineText } of result.diagnostics) {
          const lines =
            source === '--set'
              ? [lineText]
              : text
                  .replace(/^\uFEFF/, '')
                  .split('\n')
                  .map((each) => each.replace(/\r$/, ''));
          expect(lines[line - 1]).toBe(lineText);
          expect(column).toBeGreaterThanOrEqual(1);
          expect(column).toBeLessThanOrEqual(lineText.length + 2);
        }
        expect(formatDiagnostics(result.diagnostics).split('\n').length % 3).toBe(
          result.diagnostics.length > 100 ? 1 : 0,
        );
      },
    ),
    { numRuns: 2000 },
  );
});
