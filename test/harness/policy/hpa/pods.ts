import type { Pod, PodMetric, PodMetrics } from '../../../../harness/policy/hpa/pod.ts';
import type { Proposal } from '../../../../harness/policy/hpa/proposal.ts';
import type { Scaled } from '../../../../harness/policy/hpa/replica-calculator.ts';

/** Seconds. All pods started, and were ready, long before. */
export const timing = { now: 1000, cpuInitialisation: 300, initialReadinessDelay: 30 };
export const tolerance = { up: 0.1, down: 0.1, form: 'band' } as const;

/** A pod that is ready, and requests a core. */
export const podOf = (name: string, changes: Partial<Pod> = {}): Pod => ({
  ...{ name, phase: 'running', isBeingDeleted: false, startedAt: 0, readiness: { status: 'true', changedAt: 10 } },
  requestMilli: { cpu: 1000, memory: null },
  ...changes,
});

export const metricOf = (milli: number): PodMetric => ({ milli, at: 1000, window: 15 });

/** `count` pods that are ready, and those that are given besides. */
export function podsOf(count: number, ...others: readonly Pod[]): readonly Pod[] {
  return [...Array.from({ length: count }, (_, index) => podOf(`pod-${index}`)), ...others];
}

/** Of `pod-0`, `pod-1` and so on. */
export const metricsOf = (...milli: readonly number[]): PodMetrics =>
  new Map(milli.map((one, index) => [`pod-${index}`, metricOf(one)]));

export function scaledOf(pods: readonly Pod[], changes: Partial<Scaled> = {}): Scaled {
  const count = pods.length;
  return { pods, currentReplicas: count, statusReplicas: count, tolerance, timing, ...changes };
}

export function replicasOf(proposal: Proposal): number {
  if (proposal.kind === 'failed') throw new Error(`it failed: ${proposal.why}`);
  return proposal.replicas;
}
