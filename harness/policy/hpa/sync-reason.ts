import type { Reason } from '../../telemetry/action.ts';
import type { Sync } from './autoscaler.ts';
import type { MetricOption } from './metric-options.ts';
import { milliPer, type WaitUnit } from './metric-value.ts';
import type { Proposal } from './proposal.ts';

/** What a sync came to, in numbers: those of the metric that decided, and what the others asked for. */
export function syncReason(
  sync: Extract<Sync, { readonly replicas: number }>,
  currentReplicas: number,
  metrics: readonly MetricOption[],
  waitUnit: WaitUnit,
): Reason {
  if (sync.kind === 'out-of-range') return { rule: sync.rule, numbers: { currentReplicas } };
  const { rule, proposals, index, desired, stabilised, replicas } = sync;
  const [metric, proposal] = [metrics[index], proposals[index]];
  return {
    rule,
    numbers: {
      currentReplicas,
      ...(metric && proposal ? numbersOf(metric, proposal, waitUnit) : {}),
      desiredReplicas: desired,
      stabilisedReplicas: stabilised,
      limitedReplicas: replicas,
      ...(metrics.length > 1 ? { asked: metrics.map((one, at) => asked(one, proposals[at])).join(', ') } : {}),
    },
  };
}

/** `pods runqueue-wait-p95`; a resource by its name alone. */
const nameOf = ({ source, metric }: MetricOption): string => (source === 'resource' ? metric : `${source} ${metric}`);

function asked(metric: MetricOption, proposal: Proposal | undefined): string {
  return `${nameOf(metric)} ${proposal?.kind === 'proposal' ? proposal.replicas : `nothing: ${proposal?.why ?? 'unknown'}`}`;
}

function numbersOf(metric: MetricOption, proposal: Proposal, waitUnit: WaitUnit): Reason['numbers'] {
  if (proposal.kind === 'failed') return {};
  const { target } = metric;
  const { usage, ratio, recomputedRatio, pods } = proposal;
  const [unit, amount, aim] =
    target.kind === 'utilisation'
      ? ['Percent', usage, target.percent]
      : [unitNames[target.unit], usage / milliPer(target.unit, waitUnit), target.amount];
  return {
    metric: nameOf(metric),
    [`value${unit}`]: finite(amount),
    [`target${unit}`]: aim,
    ratio: finite(ratio),
    ...(recomputedRatio === null ? {} : { recomputedRatio }),
    ...(pods === null ? {} : { readyPods: pods.ready, unreadyPods: pods.unready, missingPods: pods.missing }),
  };
}

const unitNames = { cores: 'Cores', bytes: 'Bytes', ms: 'Ms', perSecond: 'PerSecond', ratio: 'Ratio' } as const;

/** Divided by no replicas, there is no number that a log could hold. */
const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);
