import type { ReplicaReading, ServiceReading } from '../../telemetry/application-reading.ts';

/** What SHOWAR sizes. */
export const resources = ['cpu', 'memory'] as const;
export type Resource = (typeof resources)[number];

/**
 * Usage of each replica that is ready at the end of a sample and was measured: cores, or bytes. One that starts does not serve yet, and one that
 * drains serves less and less: both would draw the mean down.
 * @param intervalMs length of the sample
 */
export function usageOfReplicas(service: ServiceReading, resource: Resource, intervalMs: number): number[] {
  return service.replicas
    .filter(({ state }) => state === 'ready')
    .map((replica) => usageOf(replica, resource, intervalMs))
    .filter((usage) => usage !== null);
}

/** The mean, as the only element; nothing of nothing. */
export function meanOf(values: readonly number[]): number[] {
  return values.length === 0 ? [] : [values.reduce((sum, value) => sum + value, 0) / values.length];
}

function usageOf({ cpuSeconds, memoryBytes }: ReplicaReading, resource: Resource, intervalMs: number): number | null {
  if (resource === 'memory') return memoryBytes;
  return cpuSeconds === null || intervalMs <= 0 ? null : (cpuSeconds * 1000) / intervalMs;
}
