import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  anyOf,
  hasShape,
  isCount,
  isFlag,
  isFolderName,
  isFolderPath,
  isInstant,
  isInteger,
  isNumber,
  isPlace,
  isPositive,
  isText,
  listOf,
  mapOf,
  nullOr,
  oneOf,
  record,
  unionOf,
} from '../../../harness/store/shape.ts';

const values = [null, undefined, true, false, '', 'a', 0, 1, -1, 0.5, 2 ** 53, NaN, Infinity, -Infinity, [], {}];

describe('of these values', () => {
  test.each([
    ['isText', isText, ['', 'a']],
    ['isFlag', isFlag, [true, false]],
    ['isNumber', isNumber, [0, 1, -1, 0.5, 2 ** 53]],
    ['isPositive', isPositive, [1, 0.5, 2 ** 53]],
    ['isInteger', isInteger, [0, 1, -1]],
    ['isCount', isCount, [0, 1]],
    ['isPlace', isPlace, [1]],
    ['nullOr', nullOr(isFlag), [null, true, false]],
    ['anyOf', anyOf(isFlag, isPlace), [true, false, 1]],
    ['oneOf', oneOf('a', 1), ['a', 1]],
    ['listOf', listOf(isText), [[]]],
    ['mapOf', mapOf(isText), [{}]],
    ['unionOf', unionOf<{ kind: 'a' }>({ a: {} }), []],
    ['record without fields', record({}), [[], {}]],
  ])('%s takes those that are so, and no other', (_, check, taken) => {
    expect(values.filter(check)).toEqual(taken);
  });
});

test('a list and a map are looked at to their last element', () => {
  expect([['a', 'b'], ['a', 1], 'ab'].map(listOf(isText))).toEqual([true, false, false]);
  expect([{ a: 'a', b: 'b' }, { a: 'a', b: 1 }, ['a']].map(mapOf(isText))).toEqual([true, false, false]);
});

test('a record needs every field, each as it should be, and may have more', () => {
  const shape = { name: isText, threads: isCount };
  expect(hasShape({ name: 'a', threads: 0 }, shape)).toBe(true);
  expect(hasShape({ name: 'a', threads: 0, more: null }, shape)).toBe(true);
  expect(hasShape({ name: 'a' }, shape)).toBe(false);
  expect(hasShape({ name: 'a', threads: '0' }, shape)).toBe(false);
  expect(hasShape(null, shape)).toBe(false);
  expect(hasShape('name', shape)).toBe(false);
});

test('what every object inherits is no field of it', () => {
  expect(hasShape({}, { toString: (value) => value !== undefined })).toBe(false);
  expect(hasShape(JSON.parse('{"__proto__": {"name": "a"}}'), { name: isText })).toBe(false);
});

test('an instant is one that exists, in UTC with milliseconds, as all files write it', () => {
  expect(isInstant('2026-11-24T14:05:29.007Z')).toBe(true);
  const others = ['2026-11-24T14:05:29Z', '2026-11-24T14:05:29.007+01:00', '2026-13-24T14:05:29.007Z', '', 0, null];
  expect(others.filter(isInstant)).toEqual([]);
  fc.assert(
    fc.property(fc.date({ min: new Date(0), max: new Date(Date.UTC(9999, 0)), noInvalidDate: true }), (date) => {
      expect(isInstant(date.toISOString())).toBe(true);
    }),
  );
});

test('a name of a folder never leads out of the folder that it is joined to', () => {
  expect(['001-idle-1', 'with space', '...', '日本', '.hidden', '[x]'].filter((name) => !isFolderName(name))).toEqual(
    [],
  );
  expect(['', '.', '..', '../x', 'a/b', '/', 'a\\b', 'a\0', 1, null].filter(isFolderName)).toEqual([]);
  expect(['runqueue', 'a/b/c'].filter((path) => !isFolderPath(path))).toEqual([]);
  expect(['', '/a', 'a/', 'a//b', 'a/../b', '..', './a', 1].filter(isFolderPath)).toEqual([]);
});

test('of a union the kind decides which fields there must be', () => {
  const isShape = unionOf<{ kind: 'dot' } | { kind: 'line'; length: number }>({ dot: {}, line: { length: isNumber } });

  expect([{ kind: 'dot' }, { kind: 'dot', more: 1 }, { kind: 'line', length: 2 }].map(isShape)).toEqual([
    true,
    true,
    true,
  ]);
  expect([{ kind: 'line' }, { kind: 'plane' }, { kind: 'toString' }, {}, null].map(isShape)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
});
