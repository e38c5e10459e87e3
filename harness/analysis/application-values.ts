import type { ApplicationMetric, Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import { allocationOf } from './action-directions.ts';
import { costOf } from './cost.ts';
import { countActions } from './measure-control.ts';
import { measureViolations, type LatencyBins } from './measure-violations.ts';
import type { ReplicaTotals } from './replica-totals.ts';
import type { ApplicationMetrics, LoadMetrics } from './summary.ts';

/** What a trial recorded, and what was measured of it already. */
interface Measured {
  readonly trial: Pick<RecordedTrial, 'record' | 'control'>;
  /** Over the measured part. */
  readonly totals: ReplicaTotals;
  readonly load: LoadMetrics | null;
  readonly bins: LatencyBins | null;
  readonly application: ApplicationMetrics | null;
}

/** The metrics of a trial that only an application has; null without one, and where they are not known. */
export function applicationValues(
  plan: Plan,
  { trial, totals, load, bins, application }: Measured,
): Readonly<Record<ApplicationMetric, number | null>> {
  const latency = load?.latencySeconds;
  const violations = bins && plan.application && measureViolations(bins, plan.application);
  const { reserved } = totals;
  const { actions, reversals } = countActions(plan, allocationOf(plan, trial.record.arm), trial.control?.actions ?? []);
  return {
    'latency-p50': latency?.p50 ?? null,
    'latency-p95': latency?.p95 ?? null,
    'latency-p99': latency?.p99 ?? null,
    'latency-p999': latency?.p999 ?? null,
    'latency-mean': latency?.mean ?? null,
    'violation-share': load?.violationShare ?? null,
    'violation-seconds': violations?.seconds ?? null,
    'longest-violation': violations?.longestSeconds ?? null,
    'violation-area': violations?.areaSeconds ?? null,
    'cpu-cores': application?.cpuCores ?? null,
    'core-seconds': reserved.coreSeconds,
    'core-seconds-requested': reserved.coreSecondsRequested,
    'core-seconds-used': reserved.coreSecondsUsed,
    'gigabyte-seconds': reserved.gigabyteSeconds,
    'replica-seconds': reserved.replicaSeconds,
    cost: costOf(reserved, plan.prices),
    'application-throttled-share': throttledShare(totals),
    'oom-kills': application && oomKills(plan, trial.record),
    actions: application && actions,
    reversals: application && reversals,
  };
}

/** Of the periods in which a replica with a CPU quota had work, those in which it was throttled: of all replicas together. */
function throttledShare({ quotaPeriods, throttledPeriods }: ReplicaTotals): number | null {
  return quotaPeriods === null || quotaPeriods === 0 ? null : (throttledPeriods ?? 0) / quotaPeriods;
}

/** Replicas that were killed at their memory limit in the measured part. */
function oomKills({ warmupMs, trialMs }: Plan, { evidence }: Measured['trial']['record']): number {
  const events = evidence.application?.events ?? [];
  return events.filter(({ type, atMs }) => type === 'killed-by-memory-limit' && atMs >= warmupMs && atMs < trialMs)
    .length;
}
