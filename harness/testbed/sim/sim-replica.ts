import type { MemoryModel } from '../../application/application.ts';
import type { ServiceAllocation } from '../../plan/plan.ts';
import type { ReplicaReading, ReplicaState } from '../../telemetry/application-reading.ts';
import { WaitTally } from './wait-tally.ts';

/** What a replica is given. */
export type ReplicaShare = Omit<ServiceAllocation, 'replicas'>;

/** One request at a replica. Instants are virtual milliseconds from the start of the trial. */
export interface Job {
  /** Index in the schedule. */
  readonly request: number;
  /** CPU time that it takes. */
  readonly workMs: number;
  readonly arrivedAtMs: number;
}

export interface RunningJob extends Job {
  readonly startedAtMs: number;
  /** Cores that it has, at most 1: it ends `workMs / cores` after it began. */
  readonly cores: number;
}

/** Length of a period of the CPU quota, as the kernel has it. */
const quotaPeriodMs = 100;

/**
 * One replica. With a limit of L cores it answers `ceil(L)` requests at once, each with `L / ceil(L)` of a core, the others wait in the order in
 * which they came. So a limit below a core stretches a request, as a quota does on average; waiting in the queue is contention, the stretch is
 * throttling. A request keeps the cores that it began with.
 */
export class SimReplica {
  /** Unique in the trial: `web-1`. */
  readonly id: string;
  readonly startedAtMs: number;
  state: ReplicaState = 'starting';
  readyAtMs: number | null = null;
  /** Callers send to it. */
  isKnown = false;
  share: ReplicaShare;
  readonly #machineCores: number;
  readonly #memory: MemoryModel;
  readonly #running = new Set<RunningJob>();
  #queue: Job[] = [];
  #firstServedAtMs: number | null = null;
  #served = 0;
  #usedUntilMs = 0;
  #period = new Period();

  constructor(id: string, startedAtMs: number, share: ReplicaShare, machineCores: number, memory: MemoryModel) {
    this.id = id;
    this.startedAtMs = startedAtMs;
    this.share = share;
    this.#machineCores = machineCores;
    this.#memory = memory;
  }

  /** Counts towards what its service is to have. */
  get isWanted(): boolean {
    return this.state === 'starting' || this.state === 'ready';
  }

  /** Requests that it has and has not answered. */
  get inFlight(): number {
    return this.#queue.length + this.#running.size;
  }

  /** Cores that its requests have now. */
  get usedCores(): number {
    let cores = 0;
    for (const job of this.#running) cores += job.cores;
    return cores;
  }

  /** Cores that the next request would have. */
  get coresOfOne(): number {
    return this.#limitCores / this.#places;
  }

  /** When the request came that is next and for which there is a place; null if there is none. */
  get nextArrivedAtMs(): number | null {
    return this.#running.size < this.#places ? (this.#queue[0]?.arrivedAtMs ?? null) : null;
  }

  arrive(job: Job): void {
    this.#queue.push(job);
  }

  /** The request that is next begins. */
  begin(nowMs: number): RunningJob {
    const next = this.#queue.shift();
    if (next === undefined) throw new Error(`${this.id} has no request that could begin`);
    this.#passTo(nowMs);
    const { request, workMs, arrivedAtMs } = next;
    const job: RunningJob = { request, workMs, arrivedAtMs, startedAtMs: nowMs, cores: this.coresOfOne };
    this.#running.add(job);
    this.#period.contention.add(nowMs - arrivedAtMs);
    return job;
  }

  /** A request was answered. */
  end(job: RunningJob, nowMs: number): void {
    this.#passTo(nowMs);
    this.#running.delete(job);
    this.#served++;
    this.#firstServedAtMs ??= nowMs;
    const period = this.#period;
    period.requests++;
    period.latenciesMs.push(nowMs - job.arrivedAtMs);
    if (job.cores < 1) period.throttled.add(throttledMs(job));
  }

  /** It is over. @returns requests that it never answered */
  stop(nowMs: number): readonly Job[] {
    this.#passTo(nowMs);
    const lost = [...this.#running, ...this.#queue];
    this.#running.clear();
    this.#queue = [];
    this.#period.errors += lost.length;
    this.state = 'ended';
    this.isKnown = false;
    return lost;
  }

  /** Everything since the last call. */
  take(nowMs: number): ReplicaPeriod {
    if (this.state !== 'ended') this.#passTo(nowMs);
    const period = this.#period;
    this.#period = new Period();
    const { cpuLimitCores, cpuRequestCores, memoryLimitBytes } = this.share;
    const hasQuota = cpuLimitCores !== null;
    const quotaPeriods = Math.round(period.busyMs / quotaPeriodMs);
    const { baseBytes, perRequestBytes, keptBytes } = this.#memory;
    const reading: ReplicaReading = {
      id: this.id,
      state: this.state,
      startedAtMs: this.startedAtMs,
      readyAtMs: this.readyAtMs,
      firstServedAtMs: this.#firstServedAtMs,
      cpuSeconds: period.usedCoreMs / 1000,
      cpuLimitCores,
      cpuRequestCores,
      quotaPeriods: hasQuota ? quotaPeriods : null,
      throttledPeriods: hasQuota ? (this.coresOfOne < 1 ? quotaPeriods : 0) : null,
      throttledSeconds: hasQuota ? period.stretchMs / 1000 : null,
      memoryBytes: baseBytes + perRequestBytes * this.inFlight + keptBytes * this.#served,
      memoryLimitBytes,
      oomKills: 0,
      cpuPressureShare: null,
      requests: period.requests,
      errors: period.errors,
      inFlight: this.inFlight,
      busyConnections: null,
      queuedForConnection: null,
    };
    const { contention, throttled, latenciesMs } = period;
    return { reading, contention, throttled, latenciesMs };
  }

  get #limitCores(): number {
    return Math.min(this.share.cpuLimitCores ?? this.#machineCores, this.#machineCores);
  }

  get #places(): number {
    return Math.max(1, Math.ceil(this.#limitCores - 1e-9));
  }

  #passTo(nowMs: number): void {
    const elapsedMs = nowMs - Math.max(this.#usedUntilMs, this.startedAtMs);
    this.#usedUntilMs = nowMs;
    if (this.#running.size === 0) return;
    this.#period.busyMs += elapsedMs;
    this.#period.usedCoreMs += elapsedMs * this.usedCores;
    this.#period.stretchMs += elapsedMs * (this.#running.size - this.usedCores);
  }
}

/** How much longer a request took because it had less than a core. */
export const throttledMs = ({ workMs, cores }: RunningJob): number => workMs / cores - workMs;

/** What a replica did between two samples. */
export interface ReplicaPeriod {
  readonly reading: ReplicaReading;
  readonly contention: WaitTally;
  readonly throttled: WaitTally;
  /** From the arrival of a request to its answer. */
  readonly latenciesMs: readonly number[];
}

class Period {
  readonly contention = new WaitTally();
  readonly throttled = new WaitTally();
  readonly latenciesMs: number[] = [];
  requests = 0;
  errors = 0;
  usedCoreMs = 0;
  busyMs = 0;
  stretchMs = 0;
}
