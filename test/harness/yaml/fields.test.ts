import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { editorSchema } from '../../../harness/yaml/editor-schema.ts';
import { orNull, quantity, wholeBytes, wholeMicroseconds } from '../../../harness/yaml/fields.ts';

const help = { title: 'Size', description: 'Of it.', examples: ['1 MiB'] };
const size = quantity('bytes', help, { from: '0 B', to: '8388608 GiB', whole: wholeBytes });

describe('a quantity', () => {
  test('that is whole keeps all of its digits', () => {
    fc.assert(
      fc.property(fc.maxSafeNat(), (bytes) => {
        expect(size.parse(`${bytes} B`)).toBe(bytes);
      }),
    );
    expect(size.parse('1065149825001 B')).toBe(1_065_149_825_001);
  });

  test('has none of the dust of scaling', () => {
    const time = quantity('duration', help, { from: '0s', to: '1h', whole: wholeMicroseconds });

    expect(time.parse('1.001ms')).toBe(1001);
    expect(quantity('share', help, { from: '0 %', to: '100 %' }).parse('57 %')).toBe(0.57);
    expect(() => time.parse('1.5us')).toThrow('found \\"1.5us\\", expected whole microseconds');
  });
});

describe('a field that may be null', () => {
  test('takes null and what it took before, and refuses the rest with its own words', () => {
    const limit = orNull(size);

    expect([limit.parse(null), limit.parse('2 kB')]).toEqual([null, 2000]);
    expect(limit.safeParse(5).error?.issues.map(({ message }) => message)).toEqual([
      'found the number 5, expected a size such as 24 MiB, 4 kB; a bare number has no unit',
    ]);
  });

  test('has the help of the field for an editor', () => {
    const schema = editorSchema(z.object({ limit: orNull(size) }));

    expect(schema).toMatchObject({ properties: { limit: { ...help, anyOf: [help, { type: 'null' }] } } });
  });
});
