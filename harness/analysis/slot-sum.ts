import { PackedWait } from '../telemetry/packed-wait.ts';
import type { WaitReading } from '../telemetry/sample.ts';
import { slotCount } from '../telemetry/wait-slots.ts';

/** The histograms of many readings as one, without a copy for each. */
export class SlotSum {
  #slots: number[] | null = null;
  #isComplete = true;

  add(readings: readonly WaitReading[]): void {
    for (const reading of readings) this.addOne(reading);
  }

  addOne(reading: WaitReading): void {
    const sum = (this.#slots ??= new Array<number>(slotCount).fill(0));
    if (!addSlots(sum, reading)) this.#isComplete = false;
  }

  /** Null if nothing was added, or something without a histogram. */
  get slots(): readonly number[] | null {
    return this.#isComplete ? this.#slots : null;
  }
}

/** False if the reading has no histogram. */
function addSlots(sum: number[], reading: WaitReading): boolean {
  // Without making its slots: of a recorded reading, nearly all are empty.
  if (reading instanceof PackedWait) return reading.addTo(sum);
  const { slots } = reading;
  if (slots === null) return false;
  for (let slot = 0; slot < slotCount; slot++) {
    const count = slots[slot] ?? 0;
    if (count !== 0) sum[slot] = (sum[slot] ?? 0) + count;
  }
  return true;
}
