import type { WaitReading } from './sample.ts';
import { slotCount } from './wait-slots.ts';

/** The slots of many readings that are not 0, one after the other. */
export interface PackedSlots {
  readonly places: ArrayLike<number>;
  readonly counts: ArrayLike<number>;
}

/**
 * A reading that keeps only those slots that are not 0, which are few: a report holds a million of readings, and 192 numbers of each would not
 * fit into memory. `slots` is made whenever it is asked for.
 */
export class PackedWait implements WaitReading {
  readonly group: string;
  readonly cause: WaitReading['cause'];
  readonly count: number;
  readonly waitSeconds: number;
  declare readonly slots: readonly number[] | null;
  readonly #packed: PackedSlots | null;
  readonly #from: number;
  readonly #to: number;

  /**
   * @param packed null without a histogram
   * @param from where its own slots begin in it; they end before `to`
   */
  constructor(reading: Omit<WaitReading, 'slots'>, packed: PackedSlots | null, from: number, to: number) {
    this.group = reading.group;
    this.cause = reading.cause;
    this.count = reading.count;
    this.waitSeconds = reading.waitSeconds;
    this.#packed = packed;
    this.#from = from;
    this.#to = to;
    // A property of its own, because a reading is compared, copied and written with all that it has.
    Object.defineProperty(this, 'slots', unpacked);
  }

  /** Adds its slots to a sum of as many. False if it has no histogram. */
  addTo(sum: number[]): boolean {
    const packed = this.#packed;
    if (packed === null) return false;
    for (let index = this.#from; index < this.#to; index++) {
      const slot = packed.places[index] ?? 0;
      sum[slot] = (sum[slot] ?? 0) + (packed.counts[index] ?? 0);
    }
    return true;
  }
}

const unpacked: PropertyDescriptor = {
  enumerable: true,
  get(this: PackedWait): readonly number[] | null {
    const slots = new Array<number>(slotCount).fill(0);
    return this.addTo(slots) ? slots : null;
  },
};
