import type { Fault, Plan } from './plan.ts';

/**
 * The faults as they happen in a trial: their instants and how long they last are on the time axis of the load, which time compression
 * divides (design 4.8), so that a fault strikes the same share of the requests. Durations in whole milliseconds, at least one.
 */
export function trialFaults({ application, timeCompression }: Pick<Plan, 'application' | 'timeCompression'>): Fault[] {
  return (application?.faults ?? []).map((fault) => {
    const atMs = fault.atMs / timeCompression;
    return fault.kind === 'kill'
      ? { ...fault, atMs }
      : { ...fault, atMs, durationMs: Math.max(1, Math.round(fault.durationMs / timeCompression)) };
  });
}
