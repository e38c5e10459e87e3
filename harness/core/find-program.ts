import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';

/** The first file of that name that may be run, in the folders of a PATH; null if there is none. */
export function findProgram(name: string, searchPath: string): string | null {
  const candidates = searchPath
    .split(':')
    .filter(Boolean)
    .map((folder) => join(folder, name));
  return candidates.find(isRunnable) ?? null;
}

export function isRunnable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
