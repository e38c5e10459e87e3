import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadFromText } from '../../../harness/profile/load-conversion.ts';
import { loadJsonSchema } from '../../../harness/profile/load-json-schema.ts';
import { requestOutcomes } from '../../../harness/telemetry/request-log.ts';
import { readProjectFile } from '../../guard/project-files.ts';

const page = readProjectFile('docs/load.md');

/** The words in the first column of the table whose heading begins so. */
function firstColumn(heading: string): readonly string[] {
  const [, table = ''] =
    new RegExp(`\\n\\| ${heading} +\\|[^\\n]*\\n\\|[^\\n]*\\n((?:\\|[^\\n]*\\n)+)`).exec(page) ?? [];
  return [...table.matchAll(/^\| `([^`]+)`/gm)].map(([, word]) => word ?? '');
}

describe('docs/load.md', () => {
  test.each([...page.matchAll(/^```yaml load\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? ''))(
    'has an example that is valid: %s',
    (text) => {
      const read = (): string => '';
      expect(loadFromText({ text, fileName: 'load.yaml', name: 'load', read })).toMatchObject({ ok: true });
      expect(parse(text)).toHaveProperty('mix');
    },
  );

  test('names every shape and every process of the schema, and every outcome', () => {
    const words = (key: string): readonly string[] => [
      ...new Set(
        [
          ...JSON.stringify(loadJsonSchema()).matchAll(
            new RegExp(`"${key}":\\{"type":"string","const":"([a-z]+)"`, 'g'),
          ),
        ].map(([, word]) => word ?? ''),
      ),
    ];

    expect(firstColumn('shape')).toEqual(words('shape'));
    expect(firstColumn('process')).toEqual(words('process'));
    expect(firstColumn('outcome')).toEqual(requestOutcomes);
  });
});
