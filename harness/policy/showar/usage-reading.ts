import type { ReplicaReading, ServiceReading } from '../../telemetry/application-reading.ts';

/** What SHOWAR sizes. */
export const resources = ['cpu', 'memory'] as const;
export type Resource = (typeof resources)[number];

/**
 * Usage of each replica that is ready at the end of a sample and was measured: cores, or bytes. One that starts does not serve yet, and one that
 * drains serves less and less: both would draw the mean down.
 * @param intervalMs length of the sample
 */
export function usageOfReplicas({ replicas }: ServiceReading, resource: Resource, intervalMs: number): number[] {
  const usages: number[] = [];
  for (const replica of replicas) {
    const usage = replica.state === 'ready' ? usageOf(replica, resource, intervalMs) : null;
    if (usage !== null) usages.push(usage);
  }
  return usages;
}

/** The mean, as the only element; nothing of nothing. */
export function meanOf(values: readonly number[]): number[] {
  return values.length < 2 ? [...values] : [values.reduce((sum, value) => sum + value, 0) / values.length];
}

function usageOf({ cpuSeconds, memoryBytes }: ReplicaReading, resource: Resource, intervalMs: number): number | null {
  if (resource === 'memory') return memoryBytes;
  return cpuSeconds === null || intervalMs <= 0 ? null : (cpuSeconds * 1000) / intervalMs;
}
