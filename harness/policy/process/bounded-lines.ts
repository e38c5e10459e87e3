/** Makes lines of text that comes in pieces. Of a line that is too long nothing is kept. */
export class BoundedLines {
  readonly #most: number;
  /** The beginning of a line whose end has not come. */
  #torn = '';

  /** @param most characters of a line, its end not counted */
  constructor(most: number) {
    this.#most = most;
  }

  /** The lines that this piece completes, without their ends. Null if one is too long, with or without its end; then no more may be pushed. */
  push(text: string): readonly string[] | null {
    const pieces = text.split('\n');
    pieces[0] = this.#torn + (pieces[0] ?? '');
    this.#torn = pieces.pop() ?? '';
    if (this.#torn.length > this.#most || pieces.some((line) => line.length > this.#most)) {
      this.#torn = '';
      return null;
    }
    return pieces.map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  }
}
