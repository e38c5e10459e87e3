import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { ReplicaReading } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import { waitQuantile } from '../telemetry/wait-quantile.ts';
import type { ServiceNumbers } from './application-figure-data.ts';
import { isTold } from './arm-actions.ts';
import { limitOf } from './arms-over-time.ts';
import { isMeasured } from './measured-part.ts';
import { waitsByService } from './services-over-time.ts';
import { SlotSum } from './slot-sum.ts';
import { spreadOf } from './spread.ts';

/** What each service used and suffered in the trials of one arm, in the order of the model. */
export function serviceNumbers(plan: Plan, arm: string, trials: readonly RecordedTrial[]): readonly ServiceNumbers[] {
  if (plan.application === null || trials.length === 0) return [];
  const waits = trials.map(({ samples }) => waitP95(plan, samples));
  const indexed = trials.map(({ samples }) => samples.map((sample) => indexByService(plan, sample)));
  return plan.application.model.services.map(({ name: service }) => {
    const ofTrials = indexed.map((samples) => trialOf(samples, service));
    const everything = indexed.flatMap((samples) => samples.flatMap((sample) => replicasOf(sample, service)));
    const measured = ofTrials.flatMap(({ replicas }) => replicas);
    const ready = ofTrials.flatMap((trial) => trial.ready);
    const fullest = measured.reduce<ReplicaReading | null>(
      (most, one) => ((one.memoryBytes ?? -1) > (most?.memoryBytes ?? -1) ? one : most),
      null,
    );
    return {
      ...{ arm, service },
      replicas: { fewest: least(ready), most: greatest(ready) },
      meanReplicas: spreadOf(ofTrials.map((trial) => mean(trial.ready))),
      limitCores: spreadOf(ofTrials.map((trial) => mean(trial.limits))),
      cpuCores: spreadOf(ofTrials.map((trial) => perSecond(trial, ({ cpuSeconds }) => cpuSeconds))),
      throttledShare: spreadOf(ofTrials.map(({ replicas }) => throttledShare(replicas))),
      waitP95Seconds: spreadOf(waits.map((trial) => trial.get(service) ?? null)),
      memory: memoryOf(fullest),
      oomKills: sumOf(everything, ({ oomKills }) => oomKills),
      restarts: trials.flatMap(({ record }) =>
        (record.evidence.application?.events ?? []).filter(
          (event) => event.type === 'restarted' && event.service === service,
        ),
      ).length,
      requestsPerSecond: spreadOf(ofTrials.map((trial) => perSecond(trial, ({ requests }) => requests))),
      errors: sumOf(measured, ({ errors }) => errors),
      actions: actionsOn(service, trials),
      startToAnswerMs: slowestStart(everything),
    };
  });
}

interface ServiceTrial {
  readonly replicas: readonly ReplicaReading[];
  /** At the end of each sample. */
  readonly ready: readonly number[];
  readonly limits: readonly (number | null)[];
  readonly elapsedSeconds: number;
}

/** What is asked of every sample for each service. */
interface IndexedSample extends Pick<Sample, 'intervalMs'> {
  readonly isMeasured: boolean;
  readonly byService: ReadonlyMap<string, readonly ReplicaReading[]>;
}

function indexByService(plan: Plan, sample: Sample): IndexedSample {
  const byService = new Map((sample.services ?? []).map(({ service, replicas }) => [service, replicas]));
  return { intervalMs: sample.intervalMs, isMeasured: isMeasured(plan, sample), byService };
}

function trialOf(samples: readonly IndexedSample[], service: string): ServiceTrial {
  const measured = samples.filter((sample) => sample.isMeasured);
  const bySample = measured.map((sample) => replicasOf(sample, service));
  return {
    replicas: bySample.flat(),
    ready: bySample.map((replicas) => replicas.filter(({ state }) => state === 'ready').length),
    limits: bySample.map((replicas) => limitOf(replicas, 0)),
    elapsedSeconds: measured.reduce((sum, { intervalMs }) => sum + intervalMs / 1000, 0),
  };
}

const replicasOf = ({ byService }: IndexedSample, service: string): readonly ReplicaReading[] =>
  byService.get(service) ?? [];

function actionsOn(service: string, trials: readonly RecordedTrial[]): ServiceNumbers['actions'] {
  const logs = trials.flatMap(({ control }) => control ?? []);
  if (logs.length === 0) return null;
  const own = logs.flatMap(({ actions }) => actions).filter((one) => one.decision.service === service && isTold(one));
  const refused = own.filter(({ state }) => state === 'refused').length;
  return { accepted: own.length - refused, refused };
}

/** Null if there is nothing, or if one is not known. */
function mean(values: readonly (number | null)[]): number | null {
  const sum = values.reduce<number | null>((total, one) => (total === null || one === null ? null : total + one), 0);
  return sum === null || values.length === 0 ? null : sum / values.length;
}

/** By service, over the measured part; a service without a wait or a histogram is missing. */
function waitP95(plan: Plan, samples: readonly Sample[]): ReadonlyMap<string, number> {
  const sums = new Map<string, SlotSum>();
  for (const sample of samples.filter((one) => isMeasured(plan, one))) {
    for (const [service, readings] of waitsByService(sample)) {
      const sum = sums.get(service) ?? new SlotSum();
      sum.add(readings);
      sums.set(service, sum);
    }
  }
  return new Map(
    [...sums].flatMap(([service, { slots }]) => {
      const p95 = slots === null ? null : waitQuantile(slots, 0.95);
      return p95 === null ? [] : [[service, p95.value] as const];
    }),
  );
}

function memoryOf(replica: ReplicaReading | null): ServiceNumbers['memory'] {
  const bytes = replica?.memoryBytes ?? null;
  return bytes === null ? null : { bytes, limitBytes: replica?.memoryLimitBytes ?? null };
}

function throttledShare(replicas: readonly ReplicaReading[]): number | null {
  const periods = sumOf(replicas, ({ quotaPeriods }) => quotaPeriods);
  const throttled = sumOf(replicas, ({ throttledPeriods }) => throttledPeriods);
  return periods === null || throttled === null || periods === 0 ? null : throttled / periods;
}

/** Of replicas that were started within a trial: from their start to their first answer. */
function slowestStart(readings: readonly ReplicaReading[]): number | null {
  const starts = readings.flatMap(({ startedAtMs, firstServedAtMs }) =>
    startedAtMs >= 0 && firstServedAtMs !== null ? [firstServedAtMs - startedAtMs] : [],
  );
  return starts.length === 0 ? null : greatest(starts);
}

function perSecond(
  { replicas, elapsedSeconds }: ServiceTrial,
  value: (replica: ReplicaReading) => number | null,
): number | null {
  const total = sumOf(replicas, value);
  return total === null || elapsedSeconds === 0 ? null : total / elapsedSeconds;
}

/** null if no replica has the number. */
function sumOf(replicas: readonly ReplicaReading[], value: (replica: ReplicaReading) => number | null): number | null {
  return replicas.reduce<number | null>((sum, replica) => {
    const one = value(replica);
    return one === null ? sum : (sum ?? 0) + one;
  }, null);
}

const least = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.min(a, b), Infinity);
const greatest = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), 0);
