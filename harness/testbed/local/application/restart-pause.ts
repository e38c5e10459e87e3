const firstPauseMs = 100;
const longestPauseMs = 5000;
const longLifeMs = 10_000;

/** A replica that ends again and again is restarted after a pause that doubles, up to a bound, until one has lived for long enough. */
export class RestartPause {
  #pauseMs = firstPauseMs;

  /** Before the replica that ended now has a successor. @param livedMs from its start to its end */
  next(livedMs: number): number {
    if (livedMs >= longLifeMs) this.#pauseMs = firstPauseMs;
    const pauseMs = this.#pauseMs;
    this.#pauseMs = Math.min(longestPauseMs, 2 * pauseMs);
    return pauseMs;
  }
}
