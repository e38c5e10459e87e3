import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { HarnessError } from './errors.ts';

/**
 * Writes a file whole or not at all: under a temporary name, flushed, renamed, and the folder flushed.
 * @throws HarnessError `results-not-writable`; then nothing is left behind.
 */
export function writeWholeFile(path: string, data: string | Uint8Array): void {
  const temporary = temporaryName(path);
  try {
    writeFileSync(temporary, data);
    publish(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asWriteError(error, path);
  }
}

/** The same for a file that `write` makes under the name it is given. */
export async function writeWholeFileBy(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = temporaryName(path);
  try {
    await write(temporary);
    publish(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw asWriteError(error, path);
  }
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.part`);
}

function publish(temporary: string, path: string): void {
  flush(temporary);
  renameSync(temporary, path);
  flush(dirname(path));
}

function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

const spaceCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);
const accessCodes = new Set(['EACCES', 'EPERM', 'EROFS', 'ENOTDIR']);

/** Translates a failed write into `results-not-writable`; anything else is passed on as it is. */
export function asWriteError(error: unknown, path: string): unknown {
  if (error instanceof HarnessError || !(error instanceof Error)) return error;
  const code = 'code' in error ? String(error.code) : '';
  // DuckDB has no error codes; its message ends with the system's text.
  if (spaceCodes.has(code) || /No space left|File too large|quota exceeded/i.test(error.message)) {
    return new HarnessError('results-not-writable', `${path} could not be written: the disk is full.`, {
      hint: 'Free some space and run the same command again; what was finished stays valid.',
      cause: error,
    });
  }
  if (accessCodes.has(code) || /Permission denied|Read-only file system/i.test(error.message)) {
    return new HarnessError('results-not-writable', `${path} could not be written: ${error.message}.`, {
      hint: 'Make the folder writable, or choose another with --results DIR.',
      cause: error,
    });
  }
  return error;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

export function sha256OfFile(path: string): string {
  return sha256(readFileSync(path));
}
