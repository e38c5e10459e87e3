/**
 * The layout of every histogram of run-queue wait: 8 linear steps per octave, 192 slots, the same in the kernel, in files and in
 * samples (tracing.md, rule 17). From 1 microsecond on a slot is at most 12.5 % wide; the last takes everything from 7.86 s.
 */
export const slotCount = 192;

/** The unit of the layout: an eighth of a microsecond. */
const stepNs = 125;

/** Where the last slot begins, in steps. */
const lastSlotSteps = 15 * 2 ** 22;

/** The slot that a wait of `ns` nanoseconds falls into, 0 to 191. */
export function slotOf(ns: number): number {
  const steps = Math.floor(ns / stepNs);
  if (steps >= lastSlotSteps) return slotCount - 1;
  if (steps < 8) return Math.max(0, steps);
  // Exact, which a logarithm need not be just below a power of two.
  const octave = 31 - Math.clz32(steps);
  return 8 * (octave - 2) + ((steps >> (octave - 3)) & 7);
}

/** Where slot `slot` begins, in nanoseconds; `slotLowerNs(slot + 1)` is where it ends. */
export function slotLowerNs(slot: number): number {
  return slot < 8 ? slot * stepNs : (8 + (slot % 8)) * 2 ** (Math.floor(slot / 8) - 1) * stepNs;
}

/** The 193 bounds of the slots in nanoseconds. The last slot is open-ended: its upper bound is Infinity. */
export const slotBoundsNs: readonly number[] = [
  ...Array.from({ length: slotCount }, (_, slot) => slotLowerNs(slot)),
  Infinity,
];

/** Slots of the log2 view: 1 microsecond to 2^23 microseconds, the last one open-ended. */
export const log2SlotCount = 23;

/**
 * The log2 view, only for the figure beside `runqlat`: its slot n is [2^n, 2^(n+1)) microseconds, and slot 0 also takes
 * everything below a microsecond (tracing.md, 2.4).
 */
export function log2View(slots: readonly number[]): number[] {
  const view = new Array<number>(log2SlotCount).fill(0);
  slots.forEach((count, slot) => {
    const log2Slot = Math.max(0, Math.floor(slot / 8) - 1);
    view[log2Slot] = (view[log2Slot] ?? 0) + count;
  });
  return view;
}
