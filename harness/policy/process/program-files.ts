import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { sha256 } from '../../core/sha256.ts';
import type { ProcessOptions } from './process-options.ts';

/** Larger ones are data, not programs. */
const mostBytes = 16 * 1024 ** 2;

/**
 * SHA-256 of every file that the options name, by its name: the plan holds names alone, and a program that was changed between two trials
 * would be compared with itself. Files that those import are not seen.
 */
export function programFiles(
  { command, file }: ProcessOptions,
  workingFolder: string,
): Readonly<Record<string, string>> {
  const [program = '', ...args] = command ?? [];
  const names = file === null ? [...(program.includes('/') ? [program] : []), ...args] : [file];
  return Object.fromEntries(
    names.flatMap((name) => {
      const text = readProgram(resolve(workingFolder, name));
      return text === null ? [] : [[name, sha256(text)]];
    }),
  );
}

/** Null for what is no file: most arguments are none. */
function readProgram(path: string): Buffer | null {
  try {
    const status = statSync(path);
    return status.isFile() && status.size <= mostBytes ? readFileSync(path) : null;
  } catch {
    return null;
  }
}
