import { closeSync, openSync, readSync } from 'node:fs';
import { LineSplitter } from './line-splitter.ts';

const chunkBytes = 65_536;

/** A text file that somebody else is writing, read line by line from its beginning as it grows. */
export class GrowingFile {
  readonly #path: string;
  readonly #splitter = new LineSplitter();
  readonly #chunk = Buffer.alloc(chunkBytes);
  #descriptor: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** Hands on every line that was completed since the last call. The file need not be there yet. */
  readLines(onLine: (line: string) => void): void {
    this.#descriptor ??= openIfThere(this.#path);
    if (this.#descriptor === null) return;
    for (;;) {
      const length = readSync(this.#descriptor, this.#chunk);
      if (length === 0) return;
      for (const line of this.#splitter.push(this.#chunk.subarray(0, length))) onLine(line);
    }
  }

  /** Closes the file. @returns a last line that was cut off, or null */
  close(): string | null {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
    return this.#splitter.end();
  }
}

function openIfThere(path: string): number | null {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
}
