import type { ApplicationMetric, Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { ReplicaReading } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import { allocationOf } from './action-directions.ts';
import { costOf } from './cost.ts';
import { countActions } from './measure-control.ts';
import { measureViolations, type LatencyBins } from './measure-violations.ts';
import { resourceIntegrals } from './resource-integrals.ts';
import type { ApplicationMetrics, LoadMetrics } from './summary.ts';

/** What a trial recorded, and what was measured of it already. */
interface Measured {
  readonly trial: Pick<RecordedTrial, 'record' | 'control'>;
  /** The samples of the measured part. */
  readonly measured: readonly Sample[];
  readonly load: LoadMetrics | null;
  readonly bins: LatencyBins | null;
  readonly application: ApplicationMetrics | null;
}

/** The metrics of a trial that only an application has; null without one, and where they are not known. */
export function applicationValues(
  plan: Plan,
  { trial, measured, load, bins, application }: Measured,
): Readonly<Record<ApplicationMetric, number | null>> {
  const latency = load?.latencySeconds;
  const violations = bins && plan.application && measureViolations(bins, plan.application);
  const resources = resourceIntegrals(plan, measured);
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
    'core-seconds': resources.coreSeconds,
    'core-seconds-requested': resources.coreSecondsRequested,
    'core-seconds-used': resources.coreSecondsUsed,
    'gigabyte-seconds': resources.gigabyteSeconds,
    'replica-seconds': resources.replicaSeconds,
    cost: costOf(resources, plan.prices),
    'application-throttled-share': throttledShare(measured),
    'oom-kills': application && oomKills(plan, trial.record),
    actions: application && actions,
    reversals: application && reversals,
  };
}

/** Of the periods in which a replica with a CPU quota had work, those in which it was throttled: of all replicas together. */
function throttledShare(samples: readonly Sample[]): number | null {
  const replicas = samples.flatMap(({ services }) => (services ?? []).flatMap((service) => service.replicas));
  const total = (value: (replica: ReplicaReading) => number | null): number =>
    replicas.reduce((sum, replica) => sum + (value(replica) ?? 0), 0);
  const periods = total(({ quotaPeriods }) => quotaPeriods);
  return periods === 0 ? null : total(({ throttledPeriods }) => throttledPeriods) / periods;
}

/** Replicas that were killed at their memory limit in the measured part. */
function oomKills({ warmupMs, trialMs }: Plan, { evidence }: Measured['trial']['record']): number {
  const events = evidence.application?.events ?? [];
  return events.filter(({ type, atMs }) => type === 'killed-by-memory-limit' && atMs >= warmupMs && atMs < trialMs)
    .length;
}
