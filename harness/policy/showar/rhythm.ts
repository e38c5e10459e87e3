/** Tells when a loop that has an interval of its own is due, among the steps of the policy, which come with the shortest interval of its loops. */
export class Rhythm {
  readonly #everyMs: number;
  readonly #stepMs: number;
  #last = 0;

  /** @param everyMs interval of the loop @param stepMs interval of the policy, at most that */
  constructor(everyMs: number, stepMs: number) {
    this.#everyMs = everyMs;
    this.#stepMs = stepMs;
  }

  /** True once for each multiple of the interval, in the step that is nearest to it; missed ones are not made up for. */
  isDue(nowMs: number): boolean {
    const passed = Math.floor((nowMs + this.#stepMs / 2) / this.#everyMs);
    if (passed <= this.#last) return false;
    this.#last = passed;
    return true;
  }
}
