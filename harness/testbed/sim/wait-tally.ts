import type { WaitCause, WaitReading } from '../../telemetry/sample.ts';
import { slotCount, slotOf } from '../../telemetry/wait-slots.ts';

/** Most groups have no waits of most causes in most samples. */
const noSlots: readonly number[] = new Array<number>(slotCount).fill(0);

/** Waits of one group and cause that ended since the last sample. */
export class WaitTally {
  /** Null until something was counted. */
  #slots: number[] | null = null;
  #count = 0;
  #waitMs = 0;

  static sum(tallies: readonly WaitTally[]): WaitTally {
    const all = new WaitTally();
    for (const tally of tallies) {
      all.#count += tally.#count;
      all.#waitMs += tally.#waitMs;
      tally.#slots?.forEach((count, slot) => {
        all.#addTo(slot, count);
      });
    }
    return all;
  }

  add(waitMs: number): void {
    this.#addTo(slotOf(waitMs * 1e6), 1);
    this.#count++;
    this.#waitMs += waitMs;
  }

  /** The last that is asked of it: its slots are handed over. */
  reading(group: string, cause: WaitCause): WaitReading {
    const slots = this.#slots ?? noSlots;
    return { group, cause, count: this.#count, waitSeconds: this.#waitMs / 1000, slots };
  }

  #addTo(slot: number, count: number): void {
    this.#slots ??= [...noSlots];
    this.#slots[slot] = (this.#slots[slot] ?? 0) + count;
  }
}
