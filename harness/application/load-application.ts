import { toDiagnostics, type Diagnostic, type Mistake } from '../yaml/diagnostic.ts';
import { fieldMistakes } from '../yaml/field-mistake.ts';
import { formatPath } from '../yaml/field-path.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { sourceText } from '../yaml/source-text.ts';
import { placeAt, toValue } from '../yaml/sourced-node.ts';
import type { Application } from './application.ts';
import { crossMistakes } from './cross-checks.ts';
import { applicationSchema } from './schema.ts';
import { toApplication } from './to-application.ts';

export type LoadedApplication =
  | { readonly ok: true; readonly application: Application }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] };

const mostBytes = 1_000_000;

/**
 * Reads an application's file. Mistakes come back as diagnostics in the order of the file: those of single fields, and once all fields
 * are right, those between them.
 * @param fileName as the user named it; printed before line and column
 */
export function loadApplication({
  text,
  fileName,
}: {
  readonly text: string;
  readonly fileName: string;
}): LoadedApplication {
  const isTooLarge = Buffer.byteLength(text) > mostBytes;
  const file = sourceText(fileName, isTooLarge ? '' : text.replace(/^\uFEFF/, ''));
  const refuse = (mistakes: readonly Mistake[]): LoadedApplication => {
    return { ok: false, diagnostics: toDiagnostics(mistakes, [file]) };
  };
  const atStart = (message: string): Mistake => ({ place: { source: file, offset: 0 }, path: '', message });
  if (isTooLarge) return refuse([atStart('larger than 1 MB, expected an application')]);
  const { node, mistakes } = readYaml(file);
  if (!node) return refuse(mistakes);
  if (node.kind === 'scalar' && node.value === null) {
    return refuse([atStart('nothing in it, expected an application: a mapping with services, endpoints and mixes')]);
  }
  const { data, error } = applicationSchema.safeParse(toValue(node));
  const found = data ? crossMistakes(data) : fieldMistakes(error.issues);
  const located = found.map(({ path, message, at }): Mistake => {
    return { place: placeAt(node, path, at ?? 'value'), path: formatPath(path), message };
  });
  const all = [...mistakes, ...located];
  return data && all.length === 0 ? { ok: true, application: toApplication(data) } : refuse(all);
}
