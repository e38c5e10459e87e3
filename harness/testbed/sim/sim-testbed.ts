import { setImmediate } from 'node:timers/promises';
import type { Problem } from '../../core/errors.ts';
import type { Plan, PlannedLoad, TestbedSpec } from '../../plan/plan.ts';
import { noEvidence, type TestbedFacts } from '../../telemetry/evidence.ts';
import type { Action, Decision } from '../../telemetry/action.ts';
import type { Sample, WaitReading } from '../../telemetry/sample.ts';
import { slotCount, slotOf } from '../../telemetry/wait-slots.ts';
import type { LiveTrial, Stage, Testbed, TrialFindings, TrialRequest } from '../port.ts';
import { threadsOf } from '../../plan/thread-count.ts';
import { SimRunQueue, type SimGroup } from './run-queue.ts';

type SimSpec = Extract<TestbedSpec, { kind: 'sim' }>;

/** A simulated machine: one run queue in virtual time. A trial takes milliseconds, and the same seed gives the same samples. */
export class SimTestbed implements Testbed {
  readonly time = 'virtual';
  readonly #spec: SimSpec;

  constructor(spec: SimSpec) {
    this.#spec = spec;
  }

  facts(): Promise<TestbedFacts> {
    const { cores, workMicros } = this.#spec;
    return Promise.resolve({ kind: 'sim', cores, source: 'sim', details: { workMicros }, notes: [] });
  }

  capacityCores(): null {
    return null;
  }

  offers(): ReturnType<Testbed['offers']> {
    return Promise.resolve({ inputs: [], acts: [] });
  }

  check({ application, loads }: Plan): Promise<readonly Problem[]> {
    const problems: Problem[] = loads
      .filter((load) => constantRate(load) === null)
      .map(({ name }) => ({
        ...{ severity: 'error', code: 'load-not-simulated' },
        message: `The simulator has Poisson arrivals at a constant rate only; the load ${name} has others.`,
        hint: 'Use `testbed: { kind: local }`, or a load with a plain `rate`.',
      }));
    if (application !== null) {
      const message = `The simulator cannot run the application ${application.model.name}.`;
      const hint = 'Use `testbed: { kind: local }`.';
      problems.push({ severity: 'error', code: 'application-not-simulated', message, hint });
    }
    return Promise.resolve(problems);
  }

  prepare(plan: Plan): Promise<Stage> {
    return Promise.resolve({
      begin: (request: TrialRequest) => Promise.resolve(new SimTrial(plan, this.#spec, request)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  }
}

class SimTrial implements LiveTrial {
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
  #tallies = new Map<SimGroup, Tally>();
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

  #tally(group: SimGroup): Tally {
    const tally = this.#tallies.get(group) ?? new Tally();
    this.#tallies.set(group, tally);
    return tally;
  }

  /** Virtual time has no origin but its own. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  sample(): Promise<Sample> {
    const intervalMs = this.#nowMs - this.#sampledMs;
    const all = Tally.sum([...this.#tallies.values()]);
    const waits = [
      ...(this.#hasCanary ? [this.#tally('canary').reading('canary')] : []),
      ...(this.#busyThreads > 0 ? [this.#tally('disturbance').reading('disturbance')] : []),
      all.reading('all'),
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
    throw new Error(`not yet: ${decision.kind} at ${wantedAtMs}`);
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
function constantRate({ rate, arrivals }: PlannedLoad): number | null {
  return rate.kind === 'constant' && arrivals.kind === 'poisson' ? rate.perSecond : null;
}

function requiredRate(load: PlannedLoad): number {
  const ratePerSecond = constantRate(load);
  if (ratePerSecond === null) throw new Error(`the load ${load.name} was to be refused by the check`);
  return ratePerSecond;
}

/** Waits of one group since the last sample. */
class Tally {
  readonly #slots = new Array<number>(slotCount).fill(0);
  #count = 0;
  #waitMs = 0;

  static sum(tallies: readonly Tally[]): Tally {
    const all = new Tally();
    for (const tally of tallies) {
      all.#count += tally.#count;
      all.#waitMs += tally.#waitMs;
      tally.#slots.forEach((count, slot) => (all.#slots[slot] = (all.#slots[slot] ?? 0) + count));
    }
    return all;
  }

  add(waitMs: number): void {
    const slot = slotOf(waitMs * 1e6);
    this.#slots[slot] = (this.#slots[slot] ?? 0) + 1;
    this.#count++;
    this.#waitMs += waitMs;
  }

  reading(group: string): WaitReading {
    return {
      group,
      cause: 'contention',
      count: this.#count,
      waitSeconds: this.#waitMs / 1000,
      slots: [...this.#slots],
    };
  }
}
