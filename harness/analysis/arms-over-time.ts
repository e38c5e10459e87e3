import type { Plan } from '../plan/plan.ts';
import { quantile, sortSample } from '../statistics/quantile.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { ReplicaReading } from '../telemetry/application-reading.ts';
import type { RequestLog } from '../telemetry/request-log.ts';
import type { Sample } from '../telemetry/sample.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import type { ArmPoint } from './application-figure-data.ts';
import { countedLatencies, latencyMs, objectiveOf, type Objective } from './measure-load.ts';
import { waitsByService } from './services-over-time.ts';
import { SlotSum } from './slot-sum.ts';
import { spreadOf } from './spread.ts';
import { stepOf, timeSteps, type TimeSteps } from './time-steps.ts';

/** Steps of a panel that stands beside others. */
const mostSteps = 90;

/** Load, capacity and what came of it over the course of a trial, over the trials of an arm under each load. */
export function armsOverTime(plan: Plan, arm: string, trials: readonly RecordedTrial[]): readonly ArmPoint[] {
  const { application } = plan;
  if (application === null) return [];
  const steps = timeSteps(plan, mostSteps);
  const scaled = new Set(application.model.services.filter(({ role }) => role !== 'store').map(({ name }) => name));
  return plan.loads.flatMap(({ name: load }) => {
    const ofTrials = trials.flatMap(({ record, requests, samples }) => {
      if (requests === null || record.load !== load) return [];
      return [{ asked: askedIn(steps, requests, objectiveOf(application)), given: givenIn(steps, samples, scaled) }];
    });
    return Array.from({ length: steps.count }, (_, step): ArmPoint | null => {
      const offered = spreadOf(ofTrials.map(({ asked }) => (asked[step]?.offered ?? 0) / (steps.stepMs / 1000)));
      const ofAsked = (value: (asked: Asked) => number | null) =>
        spreadOf(ofTrials.map(({ asked }) => valueOf(asked[step], value)));
      const ofGiven = (value: (given: Given) => number | null) =>
        spreadOf(ofTrials.map(({ given }) => valueOf(given[step], value)));
      if (offered === null) return null;
      return {
        ...{ arm, load, fromMs: step * steps.stepMs, toMs: (step + 1) * steps.stepMs, offered },
        replicas: ofGiven(({ samples, replicas }) => replicas / samples),
        limitCores: ofGiven(({ samples, limitCores }) => (limitCores === null ? null : limitCores / samples)),
        usedCores: ofGiven(({ seconds, cpuSeconds }) => (cpuSeconds === null ? null : cpuSeconds / seconds)),
        waitP95Seconds: ofGiven(({ waits: { slots } }) =>
          slots === null ? null : (waitQuantile(slots, 0.95)?.value ?? null),
        ),
        p99Ms: ofAsked(({ p99Ms }) => p99Ms),
        violationShare: ofAsked(({ offered: due, violations }) => (due === 0 ? null : violations / due)),
      };
    }).filter((point) => point !== null);
  });
}

const valueOf = <T>(one: T | null | undefined, value: (one: T) => number | null): number | null =>
  one === null || one === undefined ? null : value(one);

/** The requests that were due in a step. */
interface Asked {
  readonly offered: number;
  readonly violations: number;
  readonly p99Ms: number | null;
}

function askedIn(steps: TimeSteps, log: RequestLog, { sloMs, timeoutMs }: Objective): readonly Asked[] {
  const due = Array.from({ length: steps.count }, (): number[] => []);
  log.dueMs.forEach((dueMs, request) => {
    const step = stepOf(steps, dueMs);
    if (step !== null) due[step]?.push(request);
  });
  return due.map((requests) => ({
    offered: requests.length,
    violations: requests.filter((request) => (latencyMs(log, request) ?? Infinity) > sloMs).length,
    p99Ms: quantile(sortSample(countedLatencies(log, requests, timeoutMs)), 0.99),
  }));
}

/** Sums over the samples of a step. */
interface Given {
  samples: number;
  seconds: number;
  replicas: number;
  limitCores: number | null;
  cpuSeconds: number | null;
  readonly waits: SlotSum;
}

function givenIn(steps: TimeSteps, samples: readonly Sample[], scaled: ReadonlySet<string>): readonly (Given | null)[] {
  const sums = new Array<Given | null>(steps.count).fill(null);
  for (const sample of samples) {
    const step = stepOf(steps, sample.atMs - sample.intervalMs / 2);
    if (step === null || sample.services === null) continue;
    const sum = (sums[step] ??= {
      ...{ samples: 0, seconds: 0, replicas: 0, limitCores: 0, cpuSeconds: null },
      waits: new SlotSum(),
    });
    const replicas = sample.services.flatMap((one) => (scaled.has(one.service) ? one.replicas : []));
    const used = replicas.flatMap(({ cpuSeconds }) => cpuSeconds ?? []);
    sum.samples += 1;
    sum.seconds += sample.intervalMs / 1000;
    sum.replicas += replicas.filter(({ state }) => state === 'ready').length;
    sum.limitCores = limitOf(replicas, sum.limitCores);
    if (used.length > 0) sum.cpuSeconds = used.reduce((total, one) => total + one, sum.cpuSeconds ?? 0);
    for (const waits of waitsByService(sample).values()) sum.waits.add(waits);
  }
  return sums;
}

/** What replicas reserve at the end of a sample, on top of a sum; null if one has no limit. */
export function limitOf(replicas: readonly ReplicaReading[], before: number | null): number | null {
  return replicas
    .filter(({ state }) => state !== 'ended')
    .reduce<number | null>(
      (sum, { cpuLimitCores }) => (sum === null || cpuLimitCores === null ? null : sum + cpuLimitCores),
      before,
    );
}
