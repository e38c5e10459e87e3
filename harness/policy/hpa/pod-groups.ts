import type { Pod, PodMetric, PodMetrics, Resource } from './pod.ts';

/** Flags of the controller, and the instant of the sync, in the unit of time of the pods. */
export interface PodTiming {
  readonly now: number;
  /** `--horizontal-pod-autoscaler-cpu-initialization-period`: 5 min. */
  readonly cpuInitialisation: number;
  /** `--horizontal-pod-autoscaler-initial-readiness-delay`: 30 s. */
  readonly initialReadinessDelay: number;
}

/** Names of pods by what is made of them; those that are ready are only counted. */
export interface PodGroups {
  readonly readyCount: number;
  /** Their metrics are dropped, and they come back as idle when more replicas are asked for. */
  readonly unready: ReadonlySet<string>;
  /** A metric is assumed for them. */
  readonly missing: ReadonlySet<string>;
  /** Their metrics are dropped, and they are never counted. */
  readonly ignored: ReadonlySet<string>;
}

/**
 * `groupPods` of the Kubernetes controller, in its order of rules.
 * @param resource of a resource metric; null for every other metric. Only for CPU readiness is looked at
 */
export function groupPods(
  pods: readonly Pod[],
  metrics: PodMetrics,
  resource: Resource | null,
  timing: PodTiming,
): PodGroups {
  const [unready, missing, ignored] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let readyCount = 0;
  for (const pod of pods) {
    const metric = metrics.get(pod.name);
    if (pod.isBeingDeleted || pod.phase === 'failed') ignored.add(pod.name);
    else if (pod.phase === 'pending') unready.add(pod.name);
    else if (metric === undefined) missing.add(pod.name);
    else if (resource === 'cpu' && isUnready(pod, metric, timing)) unready.add(pod.name);
    else readyCount++;
  }
  return { readyCount, unready, missing, ignored };
}

/** Start-up costs CPU time that says nothing about the load. */
function isUnready(
  { readiness, startedAt }: Pod,
  metric: PodMetric,
  { now, cpuInitialisation, initialReadinessDelay }: PodTiming,
): boolean {
  if (readiness === null || startedAt === null) return true;
  const { status, changedAt } = readiness;
  if (startedAt + cpuInitialisation > now) return status === 'false' || metric.at < changedAt + metric.window;
  // It has never been ready.
  return status === 'false' && startedAt + initialReadinessDelay > changedAt;
}
