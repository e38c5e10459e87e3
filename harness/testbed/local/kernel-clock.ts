import type { Clock } from '../../core/clock.ts';

/** CLOCK_MONOTONIC, by which tracer and twins date what they say, minus the clock of the harness. It does not change in a process. */
export function kernelAheadMs(clock: Clock): number {
  return Number(process.hrtime.bigint()) / 1e6 - clock.nowMs();
}
