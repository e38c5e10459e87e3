import type { Plan } from '../plan/plan.ts';
import type { ReplicaReading, ServiceReading } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import { isMeasured } from './measured-part.ts';
import { SlotSum } from './slot-sum.ts';
import { stepOf, timeSteps, type TimeSteps } from './time-steps.ts';

/** Everything that is told of the services of an arm, summed up in one pass over the samples of each trial: there may be a million readings. */
export interface ServiceWalk {
  /** Of the cells below. */
  readonly cellSteps: TimeSteps;
  /** By service, over all trials of the arm. */
  readonly cells: ReadonlyMap<string, readonly ServiceCell[]>;
  /** Length of the samples in each step, over all trials. */
  readonly elapsedSeconds: number[];
  /** Of the trials, in their order. */
  readonly trials: TrialWalk[];
}

export interface TrialWalk {
  readonly steps: TimeSteps;
  /** Of fronts and services together, stores left out; null where there was no sample. */
  readonly capacity: readonly (StepCapacity | null)[];
  readonly services: ReadonlyMap<string, ServiceTotals>;
  readonly measuredSeconds: number;
  readonly measuredSamples: number;
}

export interface ServiceCell {
  cpuSeconds: number | null;
  readonly waits: SlotSum;
}

/** Sums over the samples of a step. */
export interface StepCapacity {
  samples: number;
  seconds: number;
  ready: number;
  /** Of replicas that had not ended; null if one had no limit. */
  limitCores: number | null;
  cpuSeconds: number | null;
  /** Of all replicas of the application, stores too. */
  readonly waits: SlotSum;
}

/** Of one service in a trial: of the measured part, but for what is told of the whole trial. */
export interface ServiceTotals {
  /** Samples in which the service was read. */
  samples: number;
  ready: number;
  fewestReady: number;
  mostReady: number;
  limitCores: number | null;
  cpuSeconds: number | null;
  quotaPeriods: number | null;
  throttledPeriods: number | null;
  requests: number | null;
  errors: number | null;
  memory: { readonly bytes: number; readonly limitBytes: number | null } | null;
  readonly waits: SlotSum;
  /** Of the whole trial. */
  oomKills: number | null;
  slowestStartMs: number | null;
}

/** Steps of a map of services: cells that can still be told apart side by side. */
const mostCells = 48;
/** Steps of a panel that stands beside others. */
const mostSteps = 80;

/** Of no trial yet. */
export function newWalk(plan: Plan): ServiceWalk {
  const services = plan.application?.model.services ?? [];
  const cellSteps = timeSteps(plan, mostCells);
  const cells = new Map(
    services.map(({ name }): [string, ServiceCell[]] => [
      name,
      Array.from({ length: cellSteps.count }, () => ({ cpuSeconds: null, waits: new SlotSum() })),
    ]),
  );
  return { cellSteps, cells, elapsedSeconds: new Array<number>(cellSteps.count).fill(0), trials: [] };
}

/** One trial more. Its samples are not needed after that. */
export function walkTrial(
  plan: Plan,
  { cellSteps, cells, elapsedSeconds, trials }: ServiceWalk,
  samples: readonly Sample[],
): void {
  const services = plan.application?.model.services ?? [];
  const scaled = new Set(services.filter(({ role }) => role !== 'store').map(({ name }) => name));
  const steps = timeSteps(plan, mostSteps);
  const capacity = new Array<StepCapacity | null>(steps.count).fill(null);
  const totals = new Map(services.map(({ name }) => [name, newTotals()]));
  // A replica keeps its id for the whole trial, and its waits are told under it.
  const serviceOf = new Map<string, string>();
  let [measuredSeconds, measuredSamples] = [0, 0];
  for (const sample of samples) {
    const seconds = sample.intervalMs / 1000;
    const measured = isMeasured(plan, sample);
    if (measured) {
      measuredSeconds += seconds;
      measuredSamples += 1;
    }
    // By its middle, because a sample ends a little after it is due.
    const middleMs = sample.atMs - sample.intervalMs / 2;
    const [cell, step] = [stepOf(cellSteps, middleMs), stepOf(steps, middleMs)];
    if (cell !== null) elapsedSeconds[cell] = (elapsedSeconds[cell] ?? 0) + seconds;
    const stepCapacity = step === null || sample.services === null ? null : (capacity[step] ??= newCapacity());
    if (stepCapacity !== null) {
      stepCapacity.samples += 1;
      stepCapacity.seconds += seconds;
    }
    for (const reading of sample.services ?? []) {
      addReading(reading, measured, totals.get(reading.service));
      const ownCell = cell === null ? undefined : cells.get(reading.service)?.[cell];
      const ownCapacity = scaled.has(reading.service) ? stepCapacity : null;
      for (const replica of reading.replicas) {
        serviceOf.set(replica.id, reading.service);
        if (ownCell !== undefined && replica.cpuSeconds !== null)
          ownCell.cpuSeconds = (ownCell.cpuSeconds ?? 0) + replica.cpuSeconds;
        if (ownCapacity !== null) addReplica(replica, ownCapacity);
      }
    }
    addWaits(
      sample,
      (service) => [
        cell === null ? undefined : cells.get(service)?.[cell]?.waits,
        measured ? totals.get(service)?.waits : undefined,
        stepCapacity?.waits,
      ],
      serviceOf,
    );
  }
  trials.push({ steps, capacity, services: totals, measuredSeconds, measuredSamples });
}

const newCapacity = (): StepCapacity => ({
  ...{ samples: 0, seconds: 0, ready: 0, limitCores: 0, cpuSeconds: null },
  waits: new SlotSum(),
});

const newTotals = (): ServiceTotals => ({
  ...{ samples: 0, ready: 0, fewestReady: Infinity, mostReady: 0, limitCores: 0, cpuSeconds: null },
  ...{ quotaPeriods: null, throttledPeriods: null, requests: null, errors: null, memory: null },
  ...{ waits: new SlotSum(), oomKills: null, slowestStartMs: null },
});

function addWaits(
  sample: Sample,
  sumsOf: (service: string) => readonly (SlotSum | undefined)[],
  serviceOf: ReadonlyMap<string, string>,
): void {
  if (sample.services === null) return;
  for (const reading of sample.waits ?? []) {
    const service = serviceOf.get(reading.group);
    if (service !== undefined) for (const sum of sumsOf(service)) sum?.addOne(reading);
  }
}

function addReplica({ state, cpuLimitCores, cpuSeconds }: ReplicaReading, capacity: StepCapacity): void {
  if (state === 'ready') capacity.ready += 1;
  if (state !== 'ended') capacity.limitCores = sumOrNull(capacity.limitCores, cpuLimitCores);
  capacity.cpuSeconds = plus(capacity.cpuSeconds, cpuSeconds);
}

function addReading({ replicas }: ServiceReading, measured: boolean, totals: ServiceTotals | undefined): void {
  if (totals === undefined) return;
  let ready = 0;
  for (const replica of replicas) {
    totals.oomKills = plus(totals.oomKills, replica.oomKills);
    // Of replicas that were started within the trial: from their start to their first answer.
    if (replica.startedAtMs >= 0 && replica.firstServedAtMs !== null)
      totals.slowestStartMs = Math.max(totals.slowestStartMs ?? 0, replica.firstServedAtMs - replica.startedAtMs);
    if (!measured) continue;
    if (replica.state === 'ready') ready += 1;
    if (replica.state !== 'ended') totals.limitCores = sumOrNull(totals.limitCores, replica.cpuLimitCores);
    totals.cpuSeconds = plus(totals.cpuSeconds, replica.cpuSeconds);
    totals.quotaPeriods = plus(totals.quotaPeriods, replica.quotaPeriods);
    totals.throttledPeriods = plus(totals.throttledPeriods, replica.throttledPeriods);
    totals.requests = plus(totals.requests, replica.requests);
    totals.errors = plus(totals.errors, replica.errors);
    if (replica.memoryBytes !== null && replica.memoryBytes > (totals.memory?.bytes ?? -1))
      totals.memory = { bytes: replica.memoryBytes, limitBytes: replica.memoryLimitBytes };
  }
  if (!measured) return;
  totals.samples += 1;
  totals.ready += ready;
  totals.fewestReady = Math.min(totals.fewestReady, ready);
  totals.mostReady = Math.max(totals.mostReady, ready);
}

/** What is known is added up; null if nothing is. */
const plus = (sum: number | null, one: number | null): number | null => (one === null ? sum : (sum ?? 0) + one);

/** Null as soon as one is not known. */
const sumOrNull = (sum: number | null, one: number | null): number | null =>
  sum === null || one === null ? null : sum + one;
