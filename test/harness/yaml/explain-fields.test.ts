import { expect, test } from 'vitest';
import { z } from 'zod';
import { explainFields, hiding } from '../../../harness/yaml/explain-fields.ts';
import { choice, count, mapping, orNull, quantity } from '../../../harness/yaml/fields.ts';
import { instead } from '../../../harness/profile/load-instead.ts';

const help = { title: 'T', description: 'About it.' };
const wait = quantity('duration', help, { from: '1s', to: '1h' });
const nothing = { isRequired: false, byDefault: null, words: [], inner: [] };

test('defaults stand as they are written in YAML, before they become numbers', () => {
  const schema = mapping({
    window: wait.transform((ms) => ms / 1000).prefault('5m'),
    gain: z
      .number()
      .default(1 / 3)
      .meta({ description: 'A share.' }),
    hold: orNull(wait).prefault(null),
    pause: orNull(wait.transform((ms) => ms / 1000)).prefault(null),
    acts: z.array(z.string()).default(['replicas', 'cpu']),
    nested: mapping({ a: count(help, 1, 2) }).prefault({ a: 1 }),
    target: wait,
    port: wait.optional(),
  });

  expect(explainFields(schema)).toEqual([
    { ...nothing, name: 'window', description: 'About it.', byDefault: '5m' },
    { ...nothing, name: 'gain', description: 'A share.', byDefault: '0.3333' },
    { ...nothing, name: 'hold', description: 'About it.', byDefault: 'null' },
    { ...nothing, name: 'pause', description: 'About it.', byDefault: 'null' },
    { ...nothing, name: 'acts', description: '', byDefault: '[replicas, cpu]' },
    {
      ...{ ...nothing, name: 'nested', description: '', byDefault: '{ a: 1 }' },
      inner: [{ ...nothing, name: 'a', description: 'About it.', isRequired: true }],
    },
    { ...nothing, name: 'target', description: 'About it.', isRequired: true },
    { ...nothing, name: 'port', description: 'About it.' },
  ]);
});

test('one of a few words has them', () => {
  expect(explainFields(mapping({ size: choice('size', ['both', 'limit'], help).prefault('both') }))).toEqual([
    { ...nothing, name: 'size', description: 'About it.', byDefault: 'both', words: ['both', 'limit'] },
  ]);
});

test('fields of alternatives and of entries are told once, and those that a choice by hand hides if it tells them', () => {
  const part = mapping({ k: count(help, 1, 9).prefault(3) });
  const k = { ...nothing, name: 'k', description: 'About it.', byDefault: '3' };
  const schema = mapping({
    either: z.union([z.literal('off'), part, mapping({ k: count(help, 1, 9), l: count(help, 1, 2).prefault(1) })]),
    list: z.array(part).prefault([]),
    hidden: hiding(instead(() => part).meta({ ...help }), part).prefault({}),
  });

  expect(explainFields(schema).map(({ name, inner }) => ({ name, inner }))).toEqual([
    { name: 'either', inner: [k, { ...k, name: 'l', byDefault: '1' }] },
    { name: 'list', inner: [k] },
    { name: 'hidden', inner: [k] },
  ]);
});

test('a mapping without fields has none', () => {
  expect(explainFields(mapping({}))).toEqual([]);
});
