import type { WaitReading } from '../telemetry/sample.ts';
import { slotCount } from '../telemetry/wait-slots.ts';

/** The histograms of many readings as one, without a copy for each. */
export class SlotSum {
  #slots: number[] | null = null;
  #isComplete = true;

  add(readings: readonly WaitReading[]): void {
    for (const reading of readings) this.addOne(reading);
  }

  addOne({ slots }: WaitReading): void {
    if (slots === null) {
      this.#isComplete = false;
      return;
    }
    const sum = (this.#slots ??= new Array<number>(slotCount).fill(0));
    for (let slot = 0; slot < slotCount; slot++) {
      const count = slots[slot] ?? 0;
      // Nearly all slots of a short sample are empty.
      if (count !== 0) sum[slot] = (sum[slot] ?? 0) + count;
    }
  }

  /** Null if nothing was added, or something without a histogram. */
  get slots(): readonly number[] | null {
    return this.#isComplete ? this.#slots : null;
  }
}
