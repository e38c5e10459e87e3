import type { Plan } from '../plan/plan.ts';
import { planForArm } from '../plan/plan-for-arm.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample, TracerReading } from '../telemetry/sample.ts';
import { applicationValues } from './application-values.ts';
import { stolenShare } from './judge.ts';
import { measureApplication } from './measure-application.ts';
import { measureControl } from './measure-control.ts';
import { measureLoad, objectiveOf } from './measure-load.ts';
import { measureReactions } from './measure-reactions.ts';
import { latencyBins, type LatencyBins } from './measure-violations.ts';
import { isMeasured } from './measured-part.ts';
import { replicaTotals } from './replica-totals.ts';
import type { LoadMetrics, TrialMetrics } from './summary.ts';
import { waitMetrics, waitTotals } from './wait-totals.ts';

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
  const totals = replicaTotals(plan, measured);
  const waits = waitTotals(measured);
  const application = measureApplication(totals, elapsedSeconds, evidence);
  const { load, bins } = measureRequests(plan, trial);
  const ownSeconds =
    (application?.cpuCores ?? 0) * elapsedSeconds + sum(measured, (sample) => sample.load?.generatorCpuSeconds ?? 0);
  return {
    values: {
      ...waitMetrics(waits, elapsedSeconds),
      ...applicationValues(plan, { trial, totals, load, bins, application }),
    },
    load,
    application,
    control: trial.control && evidence.policy && measureControl(trial.control, evidence.policy, secondsOf(samples)),
    reactions: bins === null ? [] : measureReactions(plan, trial, bins),
    throttledShare: waits.all.throttledShare,
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
