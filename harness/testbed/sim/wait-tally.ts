import type { WaitCause, WaitReading } from '../../telemetry/sample.ts';
import { slotCount, slotOf } from '../../telemetry/wait-slots.ts';

/** Waits of one group and cause that ended since the last sample. */
export class WaitTally {
  readonly #slots = new Array<number>(slotCount).fill(0);
  #count = 0;
  #waitMs = 0;

  static sum(tallies: readonly WaitTally[]): WaitTally {
    const all = new WaitTally();
    for (const tally of tallies) {
      all.#count += tally.#count;
      all.#waitMs += tally.#waitMs;
      tally.#slots.forEach((count, slot) => (all.#slots[slot] = (all.#slots[slot] ?? 0) + count));
    }
    return all;
  }

  add(waitMs: number): void {
    const slot = slotOf(waitMs * 1e6);
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1;
    this.#count++;
    this.#waitMs += waitMs;
  }

  reading(group: string, cause: WaitCause): WaitReading {
    return { group, cause, count: this.#count, waitSeconds: this.#waitMs / 1000, slots: [...this.#slots] };
  }
}
