import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { asWriteError } from './write-error.ts';

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
    discard(temporary);
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
    discard(temporary);
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

function discard(temporary: string): void {
  try {
    rmSync(temporary, { force: true });
  } catch {
    // Why the file could not be written is what the caller must hear; the same is in the way here.
  }
}

/**
 * Makes a folder and those above it that are missing; it is on the disk when this returns. One that is there is left alone.
 * @throws HarnessError `results-not-writable`
 */
export function makeFolder(path: string): void {
  try {
    const first = mkdirSync(path, { recursive: true });
    if (first === undefined) return;
    // The entry of a new folder belongs to the one above it.
    for (let made = resolve(path); made.length >= resolve(first).length; made = dirname(made)) flush(dirname(made));
  } catch (error) {
    throw asWriteError(error, path);
  }
}

/** Waits until a file, or the entries of a folder, are on the disk. */
export function flush(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
