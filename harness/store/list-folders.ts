import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const notThere = new Set(['ENOENT', 'ENOTDIR', 'EACCES']);

/** Paths of the folders in a folder; none if it is not there, is no folder, or may not be read. Symbolic links are not followed. */
export function listFolders(folder: string): readonly string[] {
  try {
    const entries = readdirSync(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  } catch (error) {
    if (error instanceof Error && 'code' in error && notThere.has(String(error.code))) return [];
    throw error;
  }
}
