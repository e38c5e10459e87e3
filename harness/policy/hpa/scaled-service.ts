import type { ReplicaReading, ServiceReading } from '../../telemetry/application-reading.ts';
import { toMilli } from './metric-value.ts';
import type { ReplicaWindow } from './metric-window.ts';
import type { Pod, PodMetric, PodMetrics } from './pod.ts';

/**
 * Replicas as pods. One that starts is a pending pod, whatever it does until it is ready; one that drains is being deleted and not ready; one that
 * has ended is gone. A replica that is restarted is a new one. As in Kubernetes, where only a memory limit is written it is the request too.
 */
export function podsOf({ replicas }: ServiceReading, windows: ReadonlyMap<string, ReplicaWindow>): readonly Pod[] {
  return replicas
    .filter(({ state }) => state !== 'ended')
    .map((replica): Pod => {
      const { id, state, startedAtMs, readyAtMs } = replica;
      const { requestCores = null, memoryLimitBytes = null } = windows.get(id) ?? {};
      return {
        name: id,
        phase: state === 'starting' ? 'pending' : 'running',
        isBeingDeleted: state === 'draining',
        startedAt: startedAtMs,
        readiness: { status: state === 'ready' ? 'true' : 'false', changedAt: readyAtMs ?? startedAtMs },
        requestMilli: {
          cpu: requestCores === null ? null : toMilli(requestCores, 1000),
          memory: memoryLimitBytes === null ? null : toMilli(memoryLimitBytes, 1000),
        },
      };
    });
}

/** Pods that are neither being deleted nor gone: `status.replicas`. */
export const countLiving = (replicas: readonly ReplicaReading[]): number =>
  replicas.filter(({ state }) => state === 'starting' || state === 'ready').length;

/** Metrics of the pods of which `amountOf` is known. @param amountOf in the unit of which a milli-unit is 1 / `milliPerUnit` */
export function podMetrics(
  pods: readonly Pod[],
  windows: ReadonlyMap<string, ReplicaWindow>,
  nowMs: number,
  milliPerUnit: number,
  amountOf: (window: ReplicaWindow) => number | null,
): PodMetrics {
  const metrics = new Map<string, PodMetric>();
  for (const { name } of pods) {
    const window = windows.get(name);
    const amount = window === undefined ? null : amountOf(window);
    if (window === undefined || amount === null) continue;
    // Only of CPU do the instants matter.
    const { cpuFromMs, cpuUntilMs } = window;
    const [from, until] = cpuFromMs === null ? [nowMs, nowMs] : [cpuFromMs, cpuUntilMs];
    metrics.set(name, { milli: toMilli(amount, milliPerUnit), at: until, window: until - from });
  }
  return metrics;
}
