import { setImmediate } from 'node:timers/promises';
import type { Application, Service } from '../../application/application.ts';
import { operationOf } from '../../application/call-tree.ts';
import type { Target } from '../../load/port.ts';
import type { ServiceAllocation } from '../../plan/plan.ts';
import { quantile, sortSample } from '../../statistics/quantile.ts';
import type { Action, Decision } from '../../telemetry/action.ts';
import type { ReplicaEvent } from '../../telemetry/application-reading.ts';
import { noEvidence } from '../../telemetry/evidence.ts';
import type { Sample } from '../../telemetry/sample.ts';
import type { LiveTrial, TrialFindings } from '../port.ts';
import { requestWorkMs } from './request-work.ts';
import { SimFront, type FrontOrder } from './sim-front.ts';
import type { ReplicaShare } from './sim-replica.ts';
import { SimService } from './sim-service.ts';
import { SimTickets, type Reception } from './sim-tickets.ts';
import { WaitTally } from './wait-tally.ts';

export interface SimApplicationOptions {
  /** As it runs in the arm: its times compressed. It has one service. */
  readonly application: Application;
  readonly service: Service;
  readonly allocation: ServiceAllocation;
  readonly cores: number;
}

/** A trial of an application of one service, in virtual time. */
export class ApplicationTrial implements LiveTrial {
  readonly generatorCpus = null;
  readonly workFolder = null;
  readonly target: Target;
  readonly clock = {
    advanceTo: async (atMs: number, signal: AbortSignal): Promise<void> => {
      // Virtual time passes in no time; without a pause nobody could interrupt it.
      await setImmediate();
      signal.throwIfAborted();
      this.#advanceTo(atMs);
    },
  };
  readonly #options: SimApplicationOptions;
  readonly #service: SimService;
  readonly #tickets = new SimTickets();
  #front: SimFront | null = null;
  #nowMs = 0;
  #sampledMs = 0;
  #sampledBegun = 0;

  constructor(options: SimApplicationOptions) {
    const { service } = options;
    this.#options = options;
    this.#service = new SimService({
      ...options,
      onAnswer: (job, replica, nowMs) => this.#front?.answered(job, replica, nowMs),
      onLost: (job, nowMs) => this.#front?.lost(job, nowMs),
      onSettled: (nowMs) => {
        this.#tickets.settle('replicas', service.name, nowMs);
      },
    });
    this.target = {
      url: 'http://127.0.0.1:0',
      front: { offer: (order) => this.#offer(order), settle: (signal) => this.#settle(signal) },
    };
  }

  /** Virtual time has no origin but its own. */
  start(): Promise<void> {
    return Promise.resolve();
  }

  sample(): Promise<Sample> {
    const intervalMs = this.#nowMs - this.#sampledMs;
    const periods = this.#service.replicas.map((replica) => replica.take(this.#nowMs));
    const latencies = sortSample(periods.flatMap(({ latenciesMs }) => latenciesMs));
    const all = (cause: 'contention' | 'throttled'): WaitTally => WaitTally.sum(periods.map((period) => period[cause]));
    const sample: Sample = {
      atMs: this.#nowMs,
      intervalMs,
      clockOffsetMs: 0,
      source: 'sim',
      waits: [
        ...periods.flatMap(({ reading: { id }, contention, throttled }) => [
          contention.reading(id, 'contention'),
          throttled.reading(id, 'throttled'),
        ]),
        all('contention').reading('all', 'contention'),
        all('throttled').reading('all', 'throttled'),
      ],
      host: {
        busySeconds: periods.reduce((sum, { reading }) => sum + (reading.cpuSeconds ?? 0), 0),
        stolenSeconds: 0,
        capacitySeconds: (this.#options.cores * intervalMs) / 1000,
        contextSwitches: this.#service.begun - this.#sampledBegun,
      },
      tracer: null,
      services: [
        {
          service: this.#options.service.name,
          wanted: this.#service.wanted,
          replicas: periods.map(({ reading }) => reading),
          p50Ms: quantile(latencies, 0.5),
          p95Ms: quantile(latencies, 0.95),
          p99Ms: quantile(latencies, 0.99),
        },
      ],
      load: null,
    };
    this.#service.forgetEnded();
    this.#sampledMs = this.#nowMs;
    this.#sampledBegun = this.#service.begun;
    return Promise.resolve(sample);
  }

  actuate(decision: Decision, wantedAtMs: number): Action {
    const { id } = this.#tickets.add(decision, wantedAtMs, this.#receive(decision));
    // Only now: what is there at once settles the ticket.
    if (decision.kind === 'replicas') this.#service.scale(decision.replicas, this.#nowMs);
    return this.#tickets.get(id);
  }

  actions(): readonly Action[] {
    return this.#tickets.all();
  }

  events(): readonly ReplicaEvent[] {
    return this.#service.events;
  }

  finish(): Promise<TrialFindings> {
    const application = { events: this.events(), startFailure: null };
    return Promise.resolve({ evidence: { ...noEvidence, application }, spans: this.#front?.spans ?? [] });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #receive(decision: Decision): Reception {
    const { share, wanted } = this.#service;
    switch (decision.kind) {
      case 'replicas':
        return { state: decision.replicas === wanted ? 'unchanged' : 'in-progress', note: null };
      case 'cpu': {
        const { limitCores, requestCores = share.cpuRequestCores } = decision;
        return this.#resize({ ...share, cpuLimitCores: limitCores, cpuRequestCores: requestCores });
      }
      case 'memory':
        return this.#resize({ ...share, memoryLimitBytes: decision.limitBytes });
      case 'placement':
        return { state: 'refused', note: 'the simulator has one machine: there is nothing to place' };
    }
  }

  #resize(share: ReplicaShare): Reception {
    const isSame = JSON.stringify(share) === JSON.stringify(this.#service.share);
    if (!isSame) this.#service.resize(share, this.#nowMs);
    return { state: isSame ? 'unchanged' : 'effective', note: null };
  }

  #offer(order: FrontOrder): SimFront['log'] {
    const { application, service } = this.#options;
    const operations = application.endpoints.map((endpoint) => operationOf(application, endpoint));
    this.#front = new SimFront(order, {
      service: service.name,
      operations,
      workMs: (endpoint, payloadSeed) => {
        const operation = operations[endpoint];
        if (operation === undefined) throw new RangeError(`endpoint ${endpoint} of ${operations.length}`);
        return requestWorkMs(application, operation, payloadSeed);
      },
      arrive: (job) => this.#service.arrive(job),
    });
    return this.#front.log;
  }

  /** The last request has its outcome when the last time-out is over, at the latest. */
  async #settle(signal: AbortSignal): Promise<void> {
    while ((this.#front?.nextMs ?? Infinity) < Infinity) {
      await setImmediate();
      signal.throwIfAborted();
      this.#advanceTo(this.#nowMs + 1000);
    }
  }

  /** What is there by itself at an instant comes before a request that is due then. */
  #advanceTo(atMs: number): void {
    for (;;) {
      const ownMs = this.#service.nextMs;
      const frontMs = this.#front?.nextMs ?? Infinity;
      if (Math.min(ownMs, frontMs) > atMs) break;
      if (ownMs <= frontMs) this.#service.takeNext();
      else this.#front?.takeNext();
    }
    this.#nowMs = atMs;
  }
}
