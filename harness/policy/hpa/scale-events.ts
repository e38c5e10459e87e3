interface ScaleEvent {
  /** Replicas added, or removed: positive. */
  readonly change: number;
  readonly at: number;
}

/**
 * Changes in one direction. As in the controller (`storeScaleEvent`) an event goes into the place of the last one that is older than every policy
 * of its own direction, if there is one; the others stay, which the policies of the other direction can tell if their periods are longer.
 */
export class ScaleEvents {
  readonly #events: ScaleEvent[] = [];

  /** @param longestPeriod of the policies of its direction */
  record(change: number, at: number, longestPeriod: number): void {
    const outdated = this.#events.findLastIndex((event) => event.at < at - longestPeriod);
    if (outdated === -1) this.#events.push({ change, at });
    else this.#events[outdated] = { change, at };
  }

  /** The sum of the changes of a period that ends now; its beginning is not in it. */
  changeWithin(period: number, now: number): number {
    return this.#events.reduce((sum, { change, at }) => (at > now - period ? sum + change : sum), 0);
  }
}
