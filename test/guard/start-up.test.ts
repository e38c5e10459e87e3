import { posix } from 'node:path';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { readProjectFile } from './project-files.ts';

/** Packages that are cheap enough to load before it is known what the user wants. */
const light = ['commander', '@commander-js/extra-typings'];

/** What a file loads at once: imports and re-exports of values, not of types, and not `import()`. */
function loadedBy(text: string): readonly string[] {
  return ts
    .createSourceFile('file.ts', text, ts.ScriptTarget.ESNext)
    .statements.filter((statement) => ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))
    .filter((statement) => !isForTypesOnly(statement))
    .map((statement) => statement.moduleSpecifier)
    .filter((specifier) => specifier !== undefined)
    .filter(ts.isStringLiteral)
    .map((specifier) => specifier.text);
}

function isForTypesOnly(statement: ts.ImportDeclaration | ts.ExportDeclaration): boolean {
  if (ts.isExportDeclaration(statement)) return statement.isTypeOnly;
  return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword;
}

/** Chains `a.ts > b.ts > package` from a file to each package that loading it loads. */
function packagesLoadedBy(
  file: string,
  read: (file: string) => string,
  seen = new Set<string>(),
): readonly (readonly string[])[] {
  if (seen.has(file)) return [];
  seen.add(file);
  return loadedBy(read(file)).flatMap((specifier) => {
    if (specifier.startsWith('node:')) return [];
    if (!specifier.startsWith('.')) return [[file, specifier]];
    return packagesLoadedBy(posix.join(posix.dirname(file), specifier), read, seen).map((chain) => [file, ...chain]);
  });
}

test('the program loads no heavy package before a command asks for it', () => {
  const heavy = packagesLoadedBy('harness/cli/main.ts', readProjectFile).filter(
    (chain) => !light.includes(chain.at(-1) ?? ''),
  );

  expect(heavy.map((chain) => chain.join(' > '))).toEqual([]);
});

test('the check sees through files, and past types and lazy imports', () => {
  const files: Readonly<Record<string, string>> = {
    'cli/main.ts': "import { a } from '../a.ts'; import type { Plan } from 'zod'; await import('./heavy.ts');",
    'a.ts': "import 'node:fs'; export * from './b.ts';",
    'b.ts': "import { parse } from 'yaml'; import { a } from './a.ts';",
  };

  expect(packagesLoadedBy('cli/main.ts', (file) => files[file] ?? '')).toEqual([
    ['cli/main.ts', 'a.ts', 'b.ts', 'yaml'],
  ]);
});
