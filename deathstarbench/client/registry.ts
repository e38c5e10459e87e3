import { rename, writeFile } from 'node:fs/promises';
import type { RegistryEntry } from './twin.ts';

/** The file from which replicas learn whom they can call. They notice within milliseconds when it is replaced. */
export class Registry {
  readonly #file: string;
  #written: Promise<void> = Promise.resolve();
  #version = 0;

  /** @param file its folder must be there */
  constructor(file: string) {
    this.#file = file;
  }

  /** From now on these are there. Resolves when they can be read; calls take effect in their order. */
  publish(entries: readonly RegistryEntry[]): Promise<void> {
    const text = entries.map(({ service, replica, port }) => `${service} ${replica} ${port}\n`).join('');
    const write = async (): Promise<void> => {
      const temporary = `${this.#file}.${++this.#version}.part`;
      await writeFile(temporary, text);
      await rename(temporary, this.#file);
    };
    // One that failed was somebody else's, and told to them.
    const written = this.#written.then(write, write);
    this.#written = written;
    return written;
  }
}
