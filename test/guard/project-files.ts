import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

export const projectRoot = join(import.meta.dirname, '../..');

/** Files under a folder whose name ends like this, from the root of the project, sorted; none if there is no such folder. */
export function sourceFiles(folder: string, ending: string): readonly string[] {
  if (!existsSync(join(projectRoot, folder))) return [];
  return readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(projectRoot, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}

/** The profiles that come with Scalelab. The folders below hold parts of them: testbeds, loads. */
export const shippedProfiles = (): readonly string[] =>
  sourceFiles('profiles', '.yaml').filter((file) => file.split('/').length === 2);

/** What git tracks, or null outside a checkout. */
export function trackedFiles(): readonly string[] | null {
  if (!existsSync(join(projectRoot, '.git'))) return null;
  return execFileSync('git', ['ls-files', '-z'], { cwd: projectRoot, encoding: 'utf8' })
    .split('\0')
    .filter((file) => file !== '' && existsSync(join(projectRoot, file)));
}

/** Every page of documentation. */
export function documents(): readonly string[] {
  const atTheTop = readdirSync(projectRoot).filter((name) => name.endsWith('.md'));
  const folders = ['docs', 'harness', 'tracer', 'deathstarbench', 'profiles', 'bench', 'test'];
  // Other files of results/ are made by experiments.
  return [
    ...atTheTop,
    ...sourceFiles('results', 'README.md'),
    ...folders.flatMap((folder) => sourceFiles(folder, '.md')),
  ];
}

export function readProjectFile(file: string): string {
  return readFileSync(join(projectRoot, file), 'utf8');
}
