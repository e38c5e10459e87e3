import { unreachable } from '../core/unreachable.ts';
import {
  waitGroups,
  waitStatistics,
  type Plan,
  type WaitGroup,
  type WaitMetric,
  type WaitStatistic,
} from '../plan/plan.ts';
import { planForArm } from '../plan/plan-for-arm.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample, TracerReading, WaitReading } from '../telemetry/sample.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import { slotCount } from '../telemetry/wait-slots.ts';
import { applicationValues } from './application-values.ts';
import { stolenShare } from './judge.ts';
import { measureApplication } from './measure-application.ts';
import { measureControl } from './measure-control.ts';
import { measureLoad, objectiveOf } from './measure-load.ts';
import { measureReactions } from './measure-reactions.ts';
import { latencyBins, type LatencyBins } from './measure-violations.ts';
import { isMeasured } from './measured-part.ts';
import { SlotSum } from './slot-sum.ts';
import type { LoadMetrics, TrialMetrics } from './summary.ts';

const nsPerSecond = 1e9;

/** The numbers of a trial over its measured part. @param whole the plan as it is written, not as the arm sees it */
export function measure(whole: Plan, trial: RecordedTrial): TrialMetrics {
  const { record, samples } = trial;
  const { evidence } = record;
  const plan = planForArm(whole, whole.arms.find(({ name }) => name === record.arm) ?? { overrides: {} });
  const measured = samples.filter((sample) => isMeasured(plan, sample));
  const elapsedSeconds = secondsOf(measured);
  const hosts = measured.flatMap(({ host }) => (host === null ? [] : [host]));
  const capacitySeconds = sum(hosts, (host) => host.capacitySeconds);
  const busySeconds = sum(hosts, (host) => host.busySeconds);
  const application = measureApplication(measured, elapsedSeconds, evidence);
  const { load, bins } = measureRequests(plan, trial);
  const ownSeconds =
    (application?.cpuCores ?? 0) * elapsedSeconds + sum(measured, (sample) => sample.load?.generatorCpuSeconds ?? 0);
  return {
    values: {
      ...waitMetrics(measured, elapsedSeconds),
      ...applicationValues(plan, { trial, measured, load, bins, application }),
    },
    load,
    application,
    control: trial.control && evidence.policy && measureControl(trial.control, evidence.policy, secondsOf(samples)),
    reactions: bins === null ? [] : measureReactions(plan, trial, bins),
    throttledShare: throttledShare(readingsOf(measured, 'all')),
    canarySkippedShare: skippedShare(evidence),
    switches: hosts.length === 0 ? null : sum(hosts, (host) => host.contextSwitches),
    stolenShare: stolenShare(measured),
    busyShare: capacitySeconds === 0 ? null : busySeconds / capacitySeconds,
    otherShare: capacitySeconds === 0 ? null : Math.max(0, busySeconds - ownSeconds) / capacitySeconds,
    tracer: tracerMetrics(measured, elapsedSeconds, evidence.kernelNsPerEvent),
  };
}

/** null without a load that a generator sent. */
function measureRequests(
  plan: Plan,
  { samples, requests, record: { evidence } }: RecordedTrial,
): { readonly load: LoadMetrics | null; readonly bins: LatencyBins | null } {
  if (requests === null || evidence.generator === null || plan.application === null) return { load: null, bins: null };
  const objective = objectiveOf(plan.application);
  return {
    load: measureLoad(plan, { samples, requests }, evidence.generator, objective),
    bins: latencyBins(plan, requests, objective.timeoutMs),
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
export const otherGroups: ReadonlySet<string> = new Set(['canary', 'disturbance', 'all']);

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

const secondsOf = (samples: readonly Sample[]): number => sum(samples, ({ intervalMs }) => intervalMs) / 1000;

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0);
}
