import { unreachable } from '../core/unreachable.ts';
import {
  waitGroups,
  waitStatistics,
  type MetricName,
  type Plan,
  type WaitGroup,
  type WaitMetric,
  type WaitStatistic,
} from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample, TracerReading, WaitReading } from '../telemetry/sample.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import { slotCount } from '../telemetry/wait-slots.ts';
import { stolenShare } from './judge.ts';
import { measureApplication } from './measure-application.ts';
import { measureLoad, objectiveOf } from './measure-load.ts';
import { isMeasured } from './measured-part.ts';
import { SlotSum } from './slot-sum.ts';
import type { ApplicationMetrics, LoadMetrics, TrialMetrics } from './summary.ts';

const nsPerSecond = 1e9;

/** The numbers of a trial over its measured part. */
export function measure(plan: Plan, { record, samples, requests }: RecordedTrial): TrialMetrics {
  const measured = samples.filter((sample) => isMeasured(plan, sample));
  const elapsedSeconds = sum(measured, ({ intervalMs }) => intervalMs) / 1000;
  const hosts = measured.flatMap(({ host }) => (host === null ? [] : [host]));
  const capacitySeconds = sum(hosts, (host) => host.capacitySeconds);
  const busySeconds = sum(hosts, (host) => host.busySeconds);
  const { generator } = record.evidence;
  const application = measureApplication(measured, elapsedSeconds, record.evidence);
  const load =
    requests === null || generator === null || plan.application === null
      ? null
      : measureLoad(plan, { samples, requests }, generator, objectiveOf(plan.application));
  const ownSeconds =
    (application?.cpuCores ?? 0) * elapsedSeconds + sum(measured, (sample) => sample.load?.generatorCpuSeconds ?? 0);
  return {
    values: { ...waitMetrics(measured, elapsedSeconds), ...applicationValues(load, application) },
    load,
    application,
    control: null,
    reactions: [],
    throttledShare: throttledShare(readingsOf(measured, 'all')),
    canarySkippedShare: skippedShare(record.evidence),
    switches: hosts.length === 0 ? null : sum(hosts, (host) => host.contextSwitches),
    stolenShare: stolenShare(measured),
    busyShare: capacitySeconds === 0 ? null : busySeconds / capacitySeconds,
    otherShare: capacitySeconds === 0 ? null : Math.max(0, busySeconds - ownSeconds) / capacitySeconds,
    tracer: tracerMetrics(measured, elapsedSeconds, record.evidence.kernelNsPerEvent),
  };
}

function applicationValues(
  load: LoadMetrics | null,
  application: ApplicationMetrics | null,
): Readonly<Record<Exclude<MetricName, WaitMetric>, number | null>> {
  return {
    'latency-p50': load?.latencySeconds.p50 ?? null,
    'latency-p95': load?.latencySeconds.p95 ?? null,
    'latency-p99': load?.latencySeconds.p99 ?? null,
    'latency-p999': null,
    'violation-seconds': null,
    'longest-violation': null,
    'violation-area': null,
    'core-seconds': null,
    'core-seconds-requested': null,
    'core-seconds-used': null,
    'gigabyte-seconds': null,
    'replica-seconds': null,
    cost: null,
    'application-throttled-share': null,
    'oom-kills': null,
    actions: null,
    reversals: null,
    'latency-mean': load?.latencySeconds.mean ?? null,
    'violation-share': load?.violationShare ?? null,
    'cpu-cores': application?.cpuCores ?? null,
  };
}

function waitMetrics(samples: readonly Sample[], elapsedSeconds: number): Readonly<Record<WaitMetric, number | null>> {
  const entries = waitGroups.flatMap((group) => {
    const readings = readingsOf(samples, group);
    return waitStatistics.map((statistic) => [
      `${group}-wait-${statistic}`,
      statisticOf(readings, statistic, elapsedSeconds),
    ]);
  });
  // One entry for each group and statistic, which are what a metric's name is made of.
  return Object.fromEntries(entries) as Record<WaitMetric, number | null>;
}

/** The groups that are none of a replica. */
const otherGroups: ReadonlySet<string> = new Set(['canary', 'disturbance', 'all']);

/** The waits of a population in some samples. */
export function readingsOf(samples: readonly Sample[], group: WaitGroup): readonly WaitReading[] {
  const isOfGroup = (reading: WaitReading): boolean =>
    group === 'application' ? !otherGroups.has(reading.group) : reading.group === group;
  return samples.flatMap(({ waits }) => waits ?? []).filter(isOfGroup);
}

/** null if no wait ended, or if the source has no histogram and the statistic needs one. */
function statisticOf(
  readings: readonly WaitReading[],
  statistic: WaitStatistic,
  elapsedSeconds: number,
): number | null {
  if (readings.length === 0) return null;
  const waitSeconds = sum(readings, (reading) => reading.waitSeconds);
  const count = sum(readings, (reading) => reading.count);
  switch (statistic) {
    case 'total':
      return elapsedSeconds === 0 ? null : waitSeconds / elapsedSeconds;
    case 'mean':
      return count === 0 ? null : waitSeconds / count;
    case 'p50':
      return waitQuantileSeconds(readings, 0.5);
    case 'p95':
      return waitQuantileSeconds(readings, 0.95);
    case 'p99':
      return waitQuantileSeconds(readings, 0.99);
    default:
      return unreachable(statistic);
  }
}

/** A quantile of the waits in seconds: the middle of its slot, so at most 6.25 % off (from 1 microsecond on). */
export function waitQuantileSeconds(readings: readonly WaitReading[], p: number): number | null {
  const slots = mergeSlots(readings);
  return slots === null ? null : (waitQuantile(slots, p)?.value ?? null);
}

/** The histograms of several readings as one; null if one of them has none. */
export function mergeSlots(readings: readonly WaitReading[]): readonly number[] | null {
  const sum = new SlotSum();
  sum.add(readings);
  // Of no reading the histogram is known: nothing waited.
  return readings.length === 0 ? new Array<number>(slotCount).fill(0) : sum.slots;
}

/** null if the source cannot tell throttling from contention, or if nothing waited. */
function throttledShare(readings: readonly WaitReading[]): number | null {
  const waitSeconds = sum(readings, (reading) => reading.waitSeconds);
  if (waitSeconds === 0 || readings.some(({ cause }) => cause === 'any')) return null;
  return (
    sum(
      readings.filter(({ cause }) => cause === 'throttled'),
      (reading) => reading.waitSeconds,
    ) / waitSeconds
  );
}

function skippedShare({ canary }: TrialEvidence): number | null {
  if (canary === null) return null;
  const due = canary.wakeups + canary.skipped;
  return due === 0 ? null : canary.skipped / due;
}

function tracerMetrics(
  samples: readonly Sample[],
  elapsedSeconds: number,
  kernelNsPerEvent: number | null,
): TrialMetrics['tracer'] {
  const readings = samples.flatMap(({ tracer }): TracerReading[] => (tracer === null ? [] : [tracer]));
  if (readings.length === 0 || elapsedSeconds === 0) return null;
  const counted = sum(samples, ({ host }) => host?.contextSwitches ?? 0);
  const events = sum(readings, ({ switches, wakeups }) => switches + wakeups);
  return {
    userCores: sum(readings, ({ helperCpuSeconds }) => helperCpuSeconds) / elapsedSeconds,
    residentBytes: Math.max(...readings.map(({ residentBytes }) => residentBytes)),
    kernelCores: kernelNsPerEvent === null ? null : (kernelNsPerEvent * events) / nsPerSecond / elapsedSeconds,
    coverage: counted === 0 ? null : sum(readings, ({ switches }) => switches) / counted,
    lost: sum(readings, ({ lost }) => lost),
    unknown: sum(readings, ({ unknown }) => unknown),
    negative: sum(readings, ({ negative }) => negative),
  };
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
