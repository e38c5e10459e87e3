import { formatDiagnostics } from '../../../harness/yaml/diagnostic.ts';
import { loadProfile } from '../../../harness/profile/load-profile.ts';
import type { Profile } from '../../../harness/profile/profile.ts';

/** A small valid profile, one line for each top-level field, so that a test can replace one. */
const lines: Readonly<Record<string, string>> = {
  seed: 'seed: 1',
  testbed: 'testbed: { kind: local }',
  arms: 'arms: [{ name: idle }, { name: stress-1, disturbances: { cpu: 1 } }]',
  hypotheses: 'hypotheses: [{ arm: stress-1, against: idle, metric: canary-wait-p95 }]',
};

/** That profile with other lines for some fields, or more fields; null leaves one out. */
export function profileText(fields: Readonly<Record<string, string | null>> = {}): string {
  const all = { ...lines, ...fields };
  return Object.values(all)
    .filter((line) => line !== null)
    .map((line) => `${line}\n`)
    .join('');
}

export function loaded(text: string, sets: readonly string[] = []): Profile {
  const result = loadProfile({ text, fileName: 'exp.yaml', sets });
  if (!result.ok) throw new Error(formatDiagnostics(result.diagnostics));
  return result.profile;
}

/** What is printed for a text with mistakes. */
export function refusal(text: string, sets: readonly string[] = []): string {
  const result = loadProfile({ text, fileName: 'exp.yaml', sets });
  if (result.ok) throw new Error('The profile was accepted.');
  return formatDiagnostics(result.diagnostics);
}

/** Its first lines only: `line:column: path: message` of every mistake. */
export function mistakes(text: string, sets: readonly string[] = []): string[] {
  const result = loadProfile({ text, fileName: 'exp.yaml', sets });
  if (result.ok) return [];
  return result.diagnostics.map(
    ({ line, column, path, message }) => `${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
  );
}
