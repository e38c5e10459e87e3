import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { applicationJsonSchema, applicationJsonSchemaText } from '../../../harness/application/json-schema.ts';
import { readProjectFile, sourceFiles } from '../../guard/project-files.ts';
import { changed, smallText } from './application-text.ts';

test('the committed schema is the one made from the source (npm run schema)', () => {
  expect(readProjectFile('deathstarbench/schema.json')).toBe(applicationJsonSchemaText());
});

describe('an editor accepts what the loader accepts', () => {
  const schema = z.fromJSONSchema(applicationJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const accepts = (text: string): boolean => schema.safeParse(parse(text)).success;

  test.each(sourceFiles('deathstarbench', '.yaml'))('%s', (file) => {
    expect(accepts(readProjectFile(file))).toBe(true);
  });

  test('the small application', () => {
    expect(accepts(smallText)).toBe(true);
  });

  test.each([
    ['discovery: 1s', 'discoveri: 1s'],
    ['mean: 100us', 'mean: 100'],
    ['role: store', 'role: shop'],
    ['base: 1 MiB, perRequest', 'base: 1 megabyte, perRequest'],
    ['call: shelf/find', 'cal: shelf/find'],
    ['kind: uniform', 'kind: normal'],
    ['[{ quantity: user }]', '[{ quantity: user, lenght: 4 }]'],
  ] as const)('and refuses %j in favour of %j', (from, to) => {
    expect(accepts(changed([from, to]))).toBe(false);
  });
});

interface Field {
  readonly title?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly items?: Field;
  readonly oneOf?: readonly Field[];
  readonly anyOf?: readonly Field[];
  readonly definitions?: Readonly<Record<string, Field>>;
  readonly $ref?: string;
}

function untitled(field: Field, path = ''): readonly string[] {
  const inner = [
    field.items,
    ...(field.oneOf ?? []),
    ...(field.anyOf ?? []),
    ...Object.values(field.definitions ?? {}),
  ];
  return [
    ...Object.entries(field.properties ?? {}).flatMap(([key, value]) => {
      const lacks = value.$ref === undefined && (value.title === undefined || value.description === undefined);
      return [...(lacks ? [`${path}.${key}`] : []), ...untitled(value, `${path}.${key}`)];
    }),
    ...inner.flatMap((each) => (each ? untitled(each, path) : [])),
  ];
}

test('an editor has a title and a description for every field', () => {
  expect(untitled(applicationJsonSchema())).toEqual([]);
});
