import { unreachable } from '../../core/unreachable.ts';
import type { PolicyInput, StepPolicyKind } from '../port.ts';
import { HpaPolicy } from './hpa-policy.ts';
import type { MetricOption } from './metric-options.ts';
import { hpaOptions, type HpaOptions } from './options.ts';

/** The Kubernetes Horizontal Pod Autoscaler, for each service that may be scaled. */
export const hpaKind: StepPolicyKind<HpaOptions> = {
  name: 'hpa',
  summary:
    'The Kubernetes Horizontal Pod Autoscaler: as many replicas as bring a metric, by default CPU over request, to its target.',
  source:
    'Kubernetes 1.33, pkg/controller/podautoscaler (horizontal.go, replica_calculator.go) and the documentation of autoscaling/v2',
  variants: [
    'Without `behavior` (hpa-default) the highest recommendation of 5 minutes counts and a sync at most doubles; with `behavior: {}` (hpa-behavior) stabilization windows and scaling policies of both directions hold, with the defaults of autoscaling/v2.',
    '`oldTolerance: true` (hpa-old-tolerance) is the test before Kubernetes 1.33, |1 - ratio| <= 0.1, under which a ratio of exactly 1.1 acts.',
    'A replica that starts is taken for a pending pod until it is ready, one that drains for a pod that is being deleted.',
    'Metrics are means over the samples since the last sync, with no delay; in a cluster they are as old as the last scrape.',
    'Run-queue wait is told in seconds, so that the controller counts it in whole milliseconds, rounded up; `waitUnit: milliseconds` is a thousand times finer.',
    '`runqueueRatio` is (CPU used + run-queue wait) / request of each replica, with the p95 of the wait as a second metric (ours).',
    'Recommendations and scale events are counted in whole syncs, so that a sample that ends late changes nothing.',
  ],
  published: [],
  options: hpaOptions,
  demands: (options) => ({
    intervalSeconds: options.syncSeconds,
    longestWindowSeconds: longestWindowSeconds(options),
    needs: [...new Set(options.metrics.flatMap(needsOf))],
    acts: ['replicas'],
  }),
  create: (options, context) => new HpaPolicy(options, context),
};

function longestWindowSeconds(options: HpaOptions): number {
  const { behavior, downscaleStabilisationSeconds, cpuInitialisationSeconds, metrics } = options;
  const windows =
    behavior === null
      ? [downscaleStabilisationSeconds]
      : [behavior.scaleUp, behavior.scaleDown].flatMap(({ stabilizationWindowSeconds, policies }) => [
          stabilizationWindowSeconds ?? downscaleStabilisationSeconds,
          ...policies.map(({ periodSeconds }) => periodSeconds),
        ]);
  const readsCpu = metrics.some(({ source, metric }) => source === 'resource' && metric === 'cpu');
  return Math.max(options.syncSeconds, ...windows, ...(readsCpu ? [cpuInitialisationSeconds] : []));
}

function needsOf({ metric, target }: MetricOption): readonly PolicyInput[] {
  switch (metric) {
    case 'cpu':
      return target.kind === 'utilisation' ? ['cpu-usage', 'cpu-request'] : ['cpu-usage'];
    case 'memory':
      return ['memory-usage'];
    case 'runqueue-wait-p95':
      return ['wait-histogram'];
    case 'runqueue-ratio':
      return ['cpu-usage', 'cpu-request', 'wait-sum'];
    case 'request-rate':
      return ['request-rate'];
    // The load generator tells it, which every application under a load has.
    case 'offered-rate':
      return [];
    default:
      return unreachable(metric);
  }
}
