import { StringDecoder } from 'node:string_decoder';

/** Longer than any line that the script or k6 writes: what is longer is no line, and is not kept. */
const longestLine = 65_536;

/** Makes lines of a stream of bytes, wherever it is cut. A last line without its end waits for it. */
export class LineSplitter {
  #decoder = new StringDecoder('utf8');
  /** The beginning of a line whose end has not come. */
  #torn = '';
  /** Its beginning was thrown away, and so is the rest. */
  #isTooLong = false;

  /** The lines that this completes, without their ends; a line that was too long comes as its beginning and `...`. */
  push(bytes: Uint8Array): string[] {
    const pieces = this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)).split('\n');
    const last = pieces.pop() ?? '';
    const lines = pieces.map((piece) => {
      this.#extend(piece);
      return this.#finishLine();
    });
    this.#extend(last);
    return lines;
  }

  /** What is left when no more comes: null, or a line that was cut off. */
  end(): string | null {
    this.#extend(this.#decoder.end());
    return this.#torn === '' ? null : this.#finishLine();
  }

  #extend(text: string): void {
    if (this.#isTooLong) return;
    this.#torn += text;
    if (this.#torn.length <= longestLine) return;
    this.#torn = `${this.#torn.slice(0, 100)}...`;
    this.#isTooLong = true;
  }

  #finishLine(): string {
    const line = this.#torn;
    this.#torn = '';
    this.#isTooLong = false;
    return line;
  }
}
