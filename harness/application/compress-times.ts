import type { Application } from './application.ts';

/**
 * The application with its slow times divided by `k`: start-up, discovery, drain limit and the ages of connections, all of which say how
 * fast the application follows an actuation, and so must keep pace with the load's compressed time axis.
 *
 * The wait for a connection stays: a request waits it out, so that it is part of latency, like the CPU demands; and latencies, like the
 * objective they are judged by, are never compressed. Whole milliseconds, and never 0 if it was not.
 * @param k at least 1
 */
export function compressTimes(application: Application, k: number): Application {
  const divided = (ms: number): number => (ms === 0 ? 0 : Math.max(1, Math.round(ms / k)));
  const age = (ms: number | null): number | null => (ms === null ? null : divided(ms));
  return {
    ...application,
    discoveryMs: divided(application.discoveryMs),
    drainLimitMs: divided(application.drainLimitMs),
    services: application.services.map((service) => ({
      ...service,
      startUpMs: divided(service.startUpMs),
      pool: { ...service.pool, maxAgeMs: age(service.pool.maxAgeMs), maxIdleMs: age(service.pool.maxIdleMs) },
    })),
  };
}
