import { HarnessError } from '../core/errors.ts';
import type { TestbedSpec } from '../plan/plan.ts';
import { testbedSchema } from '../profile/schema.ts';
import { formatDiagnostics, toDiagnostics } from '../yaml/diagnostic.ts';
import { fieldMistakes } from '../yaml/field-mistake.ts';
import { formatPath } from '../yaml/field-path.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { placeAt, toValue } from '../yaml/sourced-node.ts';
import { sourceText } from '../yaml/source-text.ts';
import { readDocument } from './read-document.ts';

export type LocalSpec = Extract<TestbedSpec, { kind: 'local' }>;

/**
 * Reads a testbed file: what stands at `testbed` in a profile.
 * @throws HarnessError `profile-missing`, or `profile-invalid` with every mistake, its line and a caret; `usage` for another testbed
 */
export function loadTestbed(file: string): LocalSpec {
  const source = sourceText(file, readDocument(file, 'testbed file'));
  const { node, mistakes } = readYaml(source);
  const { data, error } = testbedSchema.safeParse(node && toValue(node));
  const found = node === null || error === undefined ? [] : fieldMistakes(error.issues);
  const located = found.map(({ path, message, at }) => ({
    place: node ? placeAt(node, path, at ?? 'value') : { source, offset: 0 },
    path: formatPath(path),
    message,
  }));
  const all = [...mistakes, ...located];
  if (data === undefined || all.length > 0) {
    const count = all.length === 1 ? '1 mistake' : `${all.length} mistakes`;
    const text = formatDiagnostics(toDiagnostics(all, [source]));
    throw new HarnessError('profile-invalid', `${count} in the testbed file; nothing was started.\n${text}`);
  }
  if (data.kind === 'local') return data;
  throw new HarnessError(
    'usage',
    `${file} describes the testbed ${data.kind}, on which no application can be kept running.`,
    {
      hint: 'Name a file with `kind: local`, such as profiles/testbeds/local.yaml.',
    },
  );
}
