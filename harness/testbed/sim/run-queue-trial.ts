import { setImmediate } from 'node:timers/promises';
import { threadsOf } from '../../plan/thread-count.ts';
import type { Plan, PlannedLoad, TestbedSpec } from '../../plan/plan.ts';
import type { Action, Decision } from '../../telemetry/action.ts';
import { noEvidence } from '../../telemetry/evidence.ts';
import type { Sample } from '../../telemetry/sample.ts';
import type { LiveTrial, TrialFindings, TrialRequest } from '../port.ts';
import { SimRunQueue, type SimGroup } from './run-queue.ts';
import { WaitTally } from './wait-tally.ts';

export type SimSpec = Extract<TestbedSpec, { kind: 'sim' }>;

/** A trial without an application: one run queue. */
export class RunQueueTrial implements LiveTrial {
  readonly target = null;
  readonly generatorCpus = null;
  readonly workFolder = null;
  readonly clock = {
    advanceTo: async (atMs: number, signal: AbortSignal): Promise<void> => {
      // Virtual time passes in no time; without a pause nobody could interrupt it.
      await setImmediate();
      signal.throwIfAborted();
      this.#queue.advanceTo(atMs);
      this.#nowMs = atMs;
    },
  };
  readonly #cores: number;
  readonly #queue: SimRunQueue;
  readonly #busyThreads: number;
  readonly #hasCanary: boolean;
  #tallies = new Map<SimGroup, WaitTally>();
  #nowMs = 0;
  #sampledMs = 0;
  #sampledBusyMs = 0;
  #sampledSwitches = 0;

  constructor(plan: Plan, { cores, workMicros }: SimSpec, { arm, load, blockSeed }: TrialRequest) {
    const { canary } = plan;
    this.#cores = cores;
    this.#hasCanary = canary !== null;
    this.#busyThreads = threadsOf(arm.disturbances.cpu, cores);
    const model = {
      cores,
      arrivals: load && { ratePerSecond: requiredRate(load), meanWorkMs: workMicros / 1000 },
      canary: canary && { ratePerSecond: canary.ratePerSecond, workMs: canary.workMicros / 1000 },
      busyThreads: this.#busyThreads,
      arrivalSeed: blockSeed,
    };
    this.#queue = new SimRunQueue(model, (group, waitMs) => {
      this.#tally(group).add(waitMs);
    });
  }

  #tally(group: SimGroup): WaitTally {
    const tally = this.#tallies.get(group) ?? new WaitTally();
    this.#tallies.set(group, tally);
    return tally;
  }

  /** Virtual time has no origin but its own. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  sample(): Promise<Sample> {
    const intervalMs = this.#nowMs - this.#sampledMs;
    const all = WaitTally.sum([...this.#tallies.values()]);
    const waits = [
      ...(this.#hasCanary ? [this.#tally('canary').reading('canary', 'contention')] : []),
      ...(this.#busyThreads > 0 ? [this.#tally('disturbance').reading('disturbance', 'contention')] : []),
      all.reading('all', 'contention'),
    ];
    const sample: Sample = {
      atMs: this.#nowMs,
      intervalMs,
      clockOffsetMs: 0,
      source: 'sim',
      waits,
      host: {
        busySeconds: (this.#queue.busyMs - this.#sampledBusyMs) / 1000,
        stolenSeconds: 0,
        capacitySeconds: (this.#cores * intervalMs) / 1000,
        contextSwitches: this.#queue.switches - this.#sampledSwitches,
      },
      tracer: null,
      services: null,
      load: null,
    };
    this.#tallies = new Map();
    this.#sampledMs = this.#nowMs;
    this.#sampledBusyMs = this.#queue.busyMs;
    this.#sampledSwitches = this.#queue.switches;
    return Promise.resolve(sample);
  }

  actuate(decision: Decision, wantedAtMs: number): Action {
    throw new Error(`without an application nothing can be scaled: ${decision.kind} at ${wantedAtMs} ms`);
  }

  actions(): readonly Action[] {
    return [];
  }

  events(): readonly [] {
    return [];
  }

  finish(): Promise<TrialFindings> {
    const threads = this.#busyThreads;
    const disturbance = { program: 'sim', wanted: threads, started: threads, alive: threads };
    const evidence = { ...noEvidence, disturbance: threads > 0 ? disturbance : null };
    return Promise.resolve({ evidence, spans: [] });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** Arrivals per second, or null if they are not those of a Poisson process at a constant rate. */
export function constantRate({ rate, arrivals }: PlannedLoad): number | null {
  return rate.kind === 'constant' && arrivals.kind === 'poisson' ? rate.perSecond : null;
}

function requiredRate(load: PlannedLoad): number {
  const ratePerSecond = constantRate(load);
  if (ratePerSecond === null) throw new Error(`the load ${load.name} was to be refused by the check`);
  return ratePerSecond;
}
