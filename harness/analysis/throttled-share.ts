import type { Sample } from '../telemetry/sample.ts';

/** Share of the wait of a replica between two instants that was throttling, 0 to 1; null if nothing tells. */
export type ThrottledShare = (replica: string, fromMs: number, toMs: number) => number | null;

interface Waits {
  readonly fromMs: number;
  readonly toMs: number;
  contentionSeconds: number;
  throttledSeconds: number;
  /** Of both, or of one of the two: the source cannot tell. */
  anySeconds: number;
}

/**
 * The kernel counts the wait of a thread whatever its cause, and the tracer tells the causes apart for all threads of a replica: the
 * wait of a thread is taken to be split as that of its replica in the samples that it falls into.
 */
export function throttledShareOf(samples: readonly Sample[]): ThrottledShare {
  const byReplica = new Map<string, Waits[]>();
  for (const sample of samples) {
    const bySample = new Map<string, Waits>();
    for (const { group, cause, waitSeconds } of sample.waits ?? []) {
      let waits = bySample.get(group);
      if (waits === undefined) bySample.set(group, (waits = { ...interval(sample), ...nothing }));
      waits[secondsOf[cause]] += waitSeconds;
    }
    for (const [group, waits] of bySample) {
      const all = byReplica.get(group);
      if (all === undefined) byReplica.set(group, [waits]);
      else all.push(waits);
    }
  }
  return (replica, fromMs, toMs) => {
    const touched = (byReplica.get(replica) ?? []).filter((waits) => waits.fromMs <= toMs && waits.toMs >= fromMs);
    const total = (of: 'contentionSeconds' | 'throttledSeconds' | 'anySeconds'): number =>
      touched.reduce((sum, waits) => sum + waits[of], 0);
    const told = total('contentionSeconds') + total('throttledSeconds');
    return told === 0 || total('anySeconds') > 0 ? null : total('throttledSeconds') / told;
  };
}

const secondsOf = { contention: 'contentionSeconds', throttled: 'throttledSeconds', any: 'anySeconds' } as const;
const nothing = { contentionSeconds: 0, throttledSeconds: 0, anySeconds: 0 };
const interval = ({ atMs, intervalMs }: Sample): Pick<Waits, 'fromMs' | 'toMs'> => ({
  fromMs: atMs - intervalMs,
  toMs: atMs,
});
