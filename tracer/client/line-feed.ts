/** Hands each line to whoever is to take it now, and keeps those that come while nobody is. */
export class LineFeed {
  #taker: ((line: string) => void) | null = null;
  readonly #kept: string[] = [];

  readonly push = (line: string): void => {
    if (this.#taker === null) this.#kept.push(line);
    else this.#taker(line);
  };

  handTo(taker: ((line: string) => void) | null): void {
    this.#taker = taker;
    while (this.#taker === taker && taker !== null) {
      const line = this.#kept.shift();
      if (line === undefined) return;
      taker(line);
    }
  }
}
