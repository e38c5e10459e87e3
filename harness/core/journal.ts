import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { flush } from './whole-file.ts';
import { asWriteError } from './write-error.ts';

/** A line of a journal that cannot be used. */
export interface JournalDamage {
  /** From 1. */
  readonly line: number;
  /** Its first 80 characters. */
  readonly text: string;
  /** Entries in the lines above it. */
  readonly entriesBefore: number;
}

export interface JournalContent<Entry> {
  readonly entries: readonly Entry[];
  readonly damage: readonly JournalDamage[];
}

/**
 * Reads the lines of a journal. A line that is cut or not an entry is reported and skipped; the others are used.
 * @param parse answers null for a value that is not an entry
 */
export function parseJournal<Entry>(text: string, parse: (value: unknown) => Entry | null): JournalContent<Entry> {
  const entries: Entry[] = [];
  const damage: JournalDamage[] = [];
  text.split('\n').forEach((line, index) => {
    if (line === '') return;
    const entry = parseLine(line, parse);
    if (entry === null) damage.push({ line: index + 1, text: line.slice(0, 80), entriesBefore: entries.length });
    else entries.push(entry);
  });
  return { entries, damage };
}

function parseLine<Entry>(line: string, parse: (value: unknown) => Entry | null): Entry | null {
  try {
    return parse(JSON.parse(line));
  } catch {
    return null;
  }
}

/** Append-only JSON lines, each on the disk before `append` returns: first the entry, then the act it announces. */
export class Journal<Entry> implements Disposable {
  readonly #path: string;
  readonly #descriptor: number;

  private constructor(path: string, descriptor: number) {
    this.#path = path;
    this.#descriptor = descriptor;
  }

  /** Opens or creates; a last line that was cut is ended, so that it stays what it is and harms nothing after it. */
  static open<Entry>(path: string): Journal<Entry> {
    let descriptor: number | undefined;
    try {
      descriptor = openSync(path, 'a+');
      const journal = new Journal<Entry>(path, descriptor);
      // What is flushed into a new file is lost with it if its name is not on the disk.
      flush(dirname(path));
      if (!journal.#endsWithNewline()) journal.#write('\n');
      return journal;
    } catch (error) {
      if (descriptor !== undefined) closeSync(descriptor);
      throw asWriteError(error, path);
    }
  }

  /** @throws HarnessError `results-not-writable`; then the journal is as it was before, or ends in a cut line if it cannot be. */
  append(entry: Entry): void {
    this.#write(`${JSON.stringify(entry)}\n`);
  }

  #write(text: string): void {
    const before = fstatSync(this.#descriptor).size;
    try {
      const bytes = Buffer.from(text);
      // A disk that fills up takes a part and says so; the next call then fails.
      for (let written = 0; written < bytes.length;) written += writeSync(this.#descriptor, bytes, written);
      fsyncSync(this.#descriptor);
    } catch (error) {
      try {
        ftruncateSync(this.#descriptor, before);
      } catch {
        // What came first says why. A part of a line that stays is cut, and reading skips it.
      }
      throw asWriteError(error, this.#path);
    }
  }

  #endsWithNewline(): boolean {
    const { size } = fstatSync(this.#descriptor);
    if (size === 0) return true;
    const last = Buffer.alloc(1);
    readSync(this.#descriptor, last, 0, 1, size - 1);
    return last.toString() === '\n';
  }

  [Symbol.dispose](): void {
    closeSync(this.#descriptor);
  }
}
