import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parse } from 'yaml';
import { profileJsonSchema, profileJsonSchemaText } from '../../../harness/profile/json-schema.ts';
import { readProjectFile, shippedProfiles } from '../../guard/project-files.ts';
import { profileText } from './profile-text.ts';

test('the committed schema is the one made from the source (npm run schema)', () => {
  expect(readProjectFile('profiles/schema.json')).toBe(profileJsonSchemaText());
});

interface Field {
  readonly title?: string;
  readonly description?: string;
  readonly examples?: readonly unknown[];
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly items?: Field;
  readonly oneOf?: readonly Field[];
  readonly anyOf?: readonly Field[];
}

function fieldsOf(field: Field, path = ''): readonly (readonly [string, Field])[] {
  const inner = [...(field.oneOf ?? []), ...(field.anyOf ?? []), ...(field.items ? [field.items] : [])];
  return [
    ...Object.entries(field.properties ?? {}).flatMap(([key, value]) => {
      const at = path === '' ? key : `${path}.${key}`;
      return [[at, value] as const, ...fieldsOf(value, at)];
    }),
    ...inner.flatMap((each) => fieldsOf(each, path)),
  ];
}

test('an editor has a title and a description for every field, and an example or a default', () => {
  const fields = fieldsOf(profileJsonSchema());
  const lacking = fields.filter(
    ([, { title, description, examples, default: preset, items }]) =>
      title === undefined ||
      description === undefined ||
      (examples === undefined && preset === undefined && items === undefined),
  );

  expect(fields.map(([path]) => path)).toContain('arms.disturbances.cpu');
  expect(lacking.map(([path]) => path)).toEqual([]);
});

describe('an editor accepts what the loader accepts', () => {
  const schema = z.fromJSONSchema(profileJsonSchema() as Parameters<typeof z.fromJSONSchema>[0]);
  const accepts = (text: string): boolean => schema.safeParse(parse(text)).success;

  test.each(shippedProfiles())('%s', (file) => {
    expect(accepts(readProjectFile(file))).toBe(true);
  });

  test.each([
    ["arms: [{ name: idle }, { name: 'stress-{n}', matrix: { n: [1, 2] }, disturbances: { cpu: '{n}' } }]"],
    ["arms: [{ name: idle }, { name: 'stress-{n}', matrix: { n: [1, 2] }, disturbances: { cpu: '{n}x cores' } }]"],
  ])('%s', (arms) => {
    expect(accepts(profileText({ arms }))).toBe(true);
  });

  test.each([
    { seeed: 'seeed: 1' },
    { trial: 'trial: { duration: 5 }' },
    { trial: 'trial: { duration: 5 parsecs }' },
    { blocks: 'blocks: 0' },
    { testbed: 'testbed: { kind: lokal }' },
    { hypotheses: 'hypotheses: []' },
    { arms: 'arms: [{ name: ../x }, { name: idle }]' },
  ])('and refuses %j', (fields) => {
    expect(accepts(profileText(fields))).toBe(false);
  });
});
