import { groupPods, type PodTiming } from './pod-groups.ts';
import { isReady, type Pod, type PodMetrics, type Resource } from './pod.ts';
import type { PodCounts, Proposal, ProposalRule } from './proposal.ts';
import { isWithinTolerance, type Tolerance } from './tolerance.ts';
import { averageRatio, utilisationRatio, type MilliByPod, type UsageRatio } from './usage-ratio.ts';

/**
 * `replica_calculator.go` of the Kubernetes controller (`pkg/controller/podautoscaler`): whole milli-units, ratios in double arithmetic, and its
 * order of rules.
 */
export interface Scaled {
  /** All pods of the scaled object, whatever their state. */
  readonly pods: readonly Pod[];
  /** Those that are asked for: `spec.replicas`. */
  readonly currentReplicas: number;
  /** Those that there are: `status.replicas`, without pods that are being deleted. */
  readonly statusReplicas: number;
  readonly tolerance: Tolerance;
  readonly timing: PodTiming;
}

/** A Resource metric with a target utilisation (`GetResourceReplicas`). @param targetPercent of the request, a whole number from 1 */
export function replicasForUtilisation(
  scaled: Scaled,
  resource: Resource,
  metrics: PodMetrics,
  targetPercent: number,
): Proposal {
  const requests = requestsOf(scaled.pods, resource);
  const assumedPercent = BigInt(Math.max(100, targetPercent));
  return replicasForPods(scaled, resource, metrics, {
    ratioOf: (usage) =>
      requests === null
        ? `a pod has no request of ${resource}`
        : (utilisationRatio(usage, requests, targetPercent) ?? `no pod with a metric has a request of ${resource}`),
    assumedOfMissing: (pod) => Number((BigInt(requests?.get(pod) ?? 0) * assumedPercent) / 100n),
  });
}

/**
 * A metric of each pod with a target average (`calcPlainMetricReplicas`): a Pods metric, or a Resource metric with an average value.
 * @param resource of a Resource metric; null for a Pods metric
 */
export function replicasForAverage(
  scaled: Scaled,
  resource: Resource | null,
  metrics: PodMetrics,
  targetMilli: number,
): Proposal {
  return replicasForPods(scaled, resource, metrics, {
    ratioOf: (usage) => averageRatio(usage, targetMilli),
    assumedOfMissing: () => targetMilli,
  });
}

/** An Object or External metric with a target value (`getUsageRatioReplicaCount`). @param usageMilli null if there is no value */
export function replicasForValue(scaled: Scaled, usageMilli: number | null, targetMilli: number): Proposal {
  if (usageMilli === null) return failed('there is no value');
  const { pods, currentReplicas, tolerance } = scaled;
  const ratio = usageMilli / targetMilli;
  const propose = (replicas: number, rule: ProposalRule): Proposal => ({
    ...{ kind: 'proposal', replicas, rule, usage: usageMilli, ratio, recomputedRatio: null, pods: null },
  });
  if (currentReplicas === 0) return propose(ceilToInt32(ratio), 'ratio');
  if (isWithinTolerance(ratio, tolerance)) return propose(currentReplicas, 'tolerance');
  if (pods.length === 0) return failed('there are no pods');
  return propose(ceilToInt32(ratio * pods.filter(isReady).length), 'ratio');
}

/**
 * An Object or External metric with a target average value (`GetExternalPerPodMetricReplicas`): one value, divided by the replicas that there are.
 * @param usageMilli null if there is no value
 */
export function replicasForShare(
  { statusReplicas, tolerance }: Scaled,
  usageMilli: number | null,
  targetMilli: number,
): Proposal {
  if (usageMilli === null) return failed('there is no value');
  const ratio = usageMilli / (targetMilli * statusReplicas);
  const isTolerable = isWithinTolerance(ratio, tolerance);
  return {
    ...{ kind: 'proposal', ratio, recomputedRatio: null, pods: null, rule: isTolerable ? 'tolerance' : 'ratio' },
    replicas: isTolerable ? statusReplicas : ceilToInt32(usageMilli / targetMilli),
    usage: Math.ceil(usageMilli / statusReplicas),
  };
}

interface PodRule {
  /** @returns why there is none */
  readonly ratioOf: (usageMilli: MilliByPod) => UsageRatio | string;
  /** Milli-units that a pod without a metric is taken to use when fewer replicas are asked for. */
  readonly assumedOfMissing: (pod: string) => number;
}

function replicasForPods(
  { pods, currentReplicas, tolerance, timing }: Scaled,
  resource: Resource | null,
  metrics: PodMetrics,
  { ratioOf, assumedOfMissing }: PodRule,
): Proposal {
  if (metrics.size === 0) return failed('no pod has a metric');
  if (pods.length === 0) return failed('there are no pods');
  const { readyCount, unready, missing, ignored } = groupPods(pods, metrics, resource, timing);
  const usage = new Map<string, number>();
  for (const [pod, { milli }] of metrics) if (!ignored.has(pod) && !unready.has(pod)) usage.set(pod, milli);
  if (usage.size === 0) return failed('no pod that counts has a metric');
  const first = ratioOf(usage);
  if (typeof first === 'string') return failed(first);
  const { ratio } = first;
  const counts: PodCounts = { ready: readyCount, unready: unready.size, missing: missing.size };
  const propose = (replicas: number, rule: ProposalRule, recomputedRatio: number | null): Proposal => ({
    ...{ kind: 'proposal', replicas, rule, usage: first.usage, ratio, recomputedRatio, pods: counts },
  });

  const isUpWithUnready = unready.size > 0 && ratio > 1;
  if (!isUpWithUnready && missing.size === 0) {
    if (isWithinTolerance(ratio, tolerance)) return propose(currentReplicas, 'tolerance', null);
    return propose(ceilToInt32(ratio * readyCount), 'ratio', null);
  }

  // Whatever is assumed of pods that nothing is known of pulls against the change.
  if (ratio !== 1) for (const pod of missing) usage.set(pod, ratio < 1 ? assumedOfMissing(pod) : 0);
  if (isUpWithUnready) for (const pod of unready) usage.set(pod, 0);
  const second = ratioOf(usage);
  if (typeof second === 'string') return failed(second);
  const recomputed = second.ratio;
  if (isWithinTolerance(recomputed, tolerance)) return propose(currentReplicas, 'tolerance', recomputed);
  if ((ratio < 1 && recomputed > 1) || (ratio > 1 && recomputed < 1))
    return propose(currentReplicas, 'direction', recomputed);
  const replicas = ceilToInt32(recomputed * usage.size);
  const isAgainst = recomputed < 1 ? replicas > currentReplicas : recomputed > 1 && replicas < currentReplicas;
  return isAgainst ? propose(currentReplicas, 'direction', recomputed) : propose(replicas, 'ratio', recomputed);
}

/** Of every pod, those that are ignored included. @returns null if some pod has no request */
function requestsOf(pods: readonly Pod[], resource: Resource): MilliByPod | null {
  const requests = new Map<string, number>();
  for (const { name, requestMilli } of pods) {
    const request = requestMilli[resource];
    if (request === null) return null;
    requests.set(name, request);
  }
  return requests;
}

const failed = (why: string): Proposal => ({ kind: 'failed', why });

/** Replicas are whole numbers of 32 bits. */
const ceilToInt32 = (value: number): number => Math.min(Math.ceil(value), 2 ** 31 - 1);
