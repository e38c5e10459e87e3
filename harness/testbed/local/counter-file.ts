import { closeSync, openSync, readSync } from 'node:fs';

/** The kernel's counter files are small; all of a sample's are read one after the other. */
const buffer = Buffer.alloc(8192);

/** A file of the kernel that is read again and again: kept open, because opening costs more than reading. */
export class CounterFile implements Disposable {
  #file: number | null;

  /** One that is not there reads as null. */
  constructor(path: string | null) {
    try {
      this.#file = path === null ? null : openSync(path, 'r');
    } catch {
      this.#file = null;
    }
  }

  /** Null if it is gone, or the kernel does not say. */
  read(): string | null {
    if (this.#file === null) return null;
    try {
      return buffer.toString('latin1', 0, readSync(this.#file, buffer, 0, buffer.length, 0));
    } catch {
      // A cgroup that was removed; a kernel that was started without pressure.
      return null;
    }
  }

  [Symbol.dispose](): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
  }
}

/** The number after `name` and a blank at the start of a line. Null if there is none. */
export function numberOf(text: string | null, name: string): number | null {
  if (text === null) return null;
  const start = text.startsWith(`${name} `) ? 0 : text.indexOf(`\n${name} `) + 1;
  if (start === 0 && !text.startsWith(`${name} `)) return null;
  const value = Number.parseInt(text.slice(start + name.length + 1), 10);
  return Number.isNaN(value) ? null : value;
}
