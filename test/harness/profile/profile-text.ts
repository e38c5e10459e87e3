import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { formatDiagnostics } from '../../../harness/yaml/diagnostic.ts';
import { packageRoot } from '../../../harness/core/package-root.ts';
import type { ReadFile } from '../../../harness/profile/load-conversion.ts';
import { loadProfile } from '../../../harness/profile/load-profile.ts';
import type { Profile } from '../../../harness/profile/profile.ts';
import { readProjectFile } from '../../guard/project-files.ts';
import { examplePolicies } from './example-policies.ts';

/** A small valid profile, one line for each top-level field, so that a test can replace one. */
const lines: Readonly<Record<string, string>> = {
  seed: 'seed: 1',
  testbed: 'testbed: { kind: local }',
  arms: 'arms: [{ name: idle }, { name: stress-1, disturbances: { cpu: 1 } }]',
  hypotheses: 'hypotheses: [{ arm: stress-1, against: idle, metric: canary-wait-p95 }]',
};

/** The same with the application `echo`: nine lines. */
const applicationLines: Readonly<Record<string, string>> = {
  testbed: 'testbed: { kind: local }',
  application: 'application: echo',
  objective: 'objective: 200ms',
  driver: 'driver: {}',
  faults: 'faults: []',
  trial: 'trial: { duration: 5s, warmup: 1s }',
  arms: 'arms: [{ name: tight, allocation: { default: { cpu: 0.1 cores } } }, { name: ample }]',
  loads: 'loads: [{ name: low, rate: 50/s }]',
  hypotheses: 'hypotheses: [{ arm: tight, against: ample, metric: latency-p95 }]',
};

type Lines = Readonly<Record<string, string | null>>;

/** That profile with other lines for some fields, or more fields; null leaves one out. */
export const profileText = (fields: Lines = {}): string => textOf({ ...lines, ...fields });
export const applicationProfileText = (fields: Lines = {}): string => textOf({ ...applicationLines, ...fields });

const textOf = (all: Lines): string =>
  Object.values(all)
    .filter((line) => line !== null)
    .map((line) => `${line}\n`)
    .join('');

/** Reads the models that come with Scalelab, and these files. */
export function readerOf(files: Readonly<Record<string, string>> = {}): ReadFile {
  return (path) => {
    const text = files[path];
    if (text !== undefined) return text;
    const own = /^scalelab:(.*)$/.exec(path)?.[1];
    if (own === undefined || !existsSync(join(packageRoot, 'deathstarbench', own))) throw new Error('no such file');
    return readProjectFile(`deathstarbench/${own}`);
  };
}

export function loaded(
  text: string,
  sets: readonly string[] = [],
  read = readerOf(),
  policies = examplePolicies,
): Profile {
  const result = loadProfile({ text, fileName: 'exp.yaml', sets, read, policies });
  if (!result.ok) throw new Error(formatDiagnostics(result.diagnostics));
  return result.profile;
}

/** What is printed for a text with mistakes. */
export function refusal(text: string, sets: readonly string[] = [], read = readerOf()): string {
  const result = loadProfile({ text, fileName: 'exp.yaml', sets, read, policies: examplePolicies });
  if (result.ok) throw new Error('The profile was accepted.');
  return formatDiagnostics(result.diagnostics);
}

/** Its first lines only: `line:column: path: message` of every mistake. */
export function mistakes(
  text: string,
  sets: readonly string[] = [],
  read = readerOf(),
  policies = examplePolicies,
): string[] {
  const result = loadProfile({ text, fileName: 'exp.yaml', sets, read, policies });
  if (result.ok) return [];
  return result.diagnostics.map(
    ({ line, column, path, message }) => `${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`,
  );
}
