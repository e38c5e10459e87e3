import type { Plan } from '../plan/plan.ts';
import { quantile, sortSample } from '../statistics/quantile.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { RequestLog } from '../telemetry/request-log.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import type { ArmPoint } from './application-figure-data.ts';
import { countedLatencies, latencyMs, objectiveOf, type Objective } from './measure-load.ts';
import type { ServiceWalk, StepCapacity } from './service-walk.ts';
import { spreadOf } from './spread.ts';
import { stepOf, type TimeSteps } from './time-steps.ts';

/** Load, capacity and what came of it over the course of a trial, over the trials of an arm under each load. */
export function armsOverTime(
  { application, loads }: Pick<Plan, 'application' | 'loads'>,
  arm: string,
  trials: readonly RecordedTrial[],
  walk: ServiceWalk,
): readonly ArmPoint[] {
  if (application === null) return [];
  const objective = objectiveOf(application);
  return loads.flatMap(({ name: load }) => {
    const ofTrials = trials.flatMap(({ record, requests }, index) => {
      const own = walk.trials[index];
      if (requests === null || record.load !== load || own === undefined) return [];
      return [{ ...own, asked: askedIn(own.steps, requests, objective) }];
    });
    const [first] = ofTrials;
    if (first === undefined) return [];
    const { count, stepMs } = first.steps;
    return Array.from({ length: count }, (_, step): ArmPoint | null => {
      const asked = ofTrials.map((trial) => trial.asked[step] ?? null);
      const given = ofTrials.map(({ capacity }) => capacity[step] ?? null);
      const offered = spreadOf(asked.map((one) => (one?.offered ?? 0) / (stepMs / 1000)));
      const ofAsked = (value: (one: Asked) => number | null) => spreadOf(asked.map((one) => one && value(one)));
      const ofGiven = (value: (one: StepCapacity) => number | null) => spreadOf(given.map((one) => one && value(one)));
      if (offered === null) return null;
      return {
        ...{ arm, load, fromMs: step * stepMs, toMs: (step + 1) * stepMs, offered },
        replicas: ofGiven(({ samples, ready }) => ready / samples),
        limitCores: ofGiven(({ samples, limitCores }) => limitCores && limitCores / samples),
        usedCores: ofGiven(({ seconds, cpuSeconds }) => cpuSeconds && cpuSeconds / seconds),
        waitP95Seconds: ofGiven(({ waits: { slots } }) => slots && (waitQuantile(slots, 0.95)?.value ?? null)),
        p99Ms: ofAsked(({ p99Ms }) => p99Ms),
        violationShare: ofAsked(({ offered: due, violations }) => (due === 0 ? null : violations / due)),
      };
    }).filter((point) => point !== null);
  });
}

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
