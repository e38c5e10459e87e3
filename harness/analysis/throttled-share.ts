import type { Sample } from '../telemetry/sample.ts';

/** Share of the wait of a replica between two instants that was throttling, 0 to 1; null if nothing tells. */
export type ThrottledShare = (replica: string, fromMs: number, toMs: number) => number | null;

/**
 * The kernel counts the wait of a thread whatever its cause, and the tracer tells the causes apart for all threads of a replica: the
 * wait of a thread is taken to be split as that of its replica in the samples that it falls into.
 * @param samples in the order of time
 */
export function throttledShareOf(samples: readonly Sample[]): ThrottledShare {
  return (replica, fromMs, toMs) => {
    // `any` is of both, or of one of the two: the source cannot tell.
    const seconds = { contention: 0, throttled: 0, any: 0 };
    for (let place = firstEndingAt(samples, fromMs); place < samples.length; place++) {
      const sample = samples[place];
      if (sample === undefined || sample.atMs - sample.intervalMs > toMs) break;
      for (const { group, cause, waitSeconds } of sample.waits ?? []) {
        if (group === replica) seconds[cause] += waitSeconds;
      }
    }
    const told = seconds.contention + seconds.throttled;
    return told === 0 || seconds.any > 0 ? null : seconds.throttled / told;
  };
}

/** The place of the first sample that ends at an instant or after it. */
function firstEndingAt(samples: readonly Sample[], atMs: number): number {
  let [low, high] = [0, samples.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((samples[middle]?.atMs ?? Infinity) >= atMs) high = middle;
    else low = middle + 1;
  }
  return low;
}
