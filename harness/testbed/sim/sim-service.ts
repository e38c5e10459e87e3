import type { Application, Service } from '../../application/application.ts';
import { plural } from '../../core/plural.ts';
import type { ServiceAllocation } from '../../plan/plan.ts';
import type { ReplicaEvent } from '../../telemetry/application-reading.ts';
import { EventQueue } from './event-queue.ts';
import { SimReplica, type Job, type ReplicaShare, type RunningJob } from './sim-replica.ts';

type Event =
  | { readonly kind: 'answer'; readonly replica: SimReplica; readonly job: RunningJob }
  /** It answers from now on, is known to callers, is no longer known to them, and has to have finished. */
  | { readonly kind: 'ready' | 'known' | 'forgotten' | 'cut'; readonly replica: SimReplica };

export interface SimServiceOptions {
  readonly application: Application;
  readonly service: Service;
  readonly allocation: ServiceAllocation;
  /** Of the machine: what all replicas have together. */
  readonly cores: number;
  readonly onAnswer: (job: RunningJob, replica: SimReplica, nowMs: number) => void;
  readonly onLost: (job: Job, nowMs: number) => void;
  /** All replicas that are wanted are known, and the others have ended. */
  readonly onSettled: (nowMs: number) => void;
}

/**
 * The replicas of one service in virtual time. A request goes to the replica that has the fewest, the oldest among equals, and begins when its
 * replica and the machine have room, in the order of arrival.
 */
export class SimService {
  replicas: readonly SimReplica[] = [];
  readonly events: ReplicaEvent[] = [];
  readonly #options: SimServiceOptions;
  readonly #queue = new EventQueue<Event>();
  #share: ReplicaShare;
  #wanted: number;
  #started = 0;
  #nowMs = 0;
  #begun = 0;

  /** Those that the trial begins with are known when it begins. */
  constructor(options: SimServiceOptions) {
    const { allocation, application, service } = options;
    const { replicas, ...share } = allocation;
    this.#options = options;
    this.#share = share;
    this.#wanted = replicas;
    for (let count = 0; count < replicas; count++) {
      const replica = this.#start(-application.discoveryMs - service.startUpMs);
      replica.state = 'ready';
      replica.readyAtMs = -application.discoveryMs;
      replica.isKnown = true;
    }
  }

  get wanted(): number {
    return this.#wanted;
  }

  get share(): ReplicaShare {
    return this.#share;
  }

  /** Requests that began so far: switches of the machine's cores. */
  get begun(): number {
    return this.#begun;
  }

  /** Of the next thing that happens by itself. */
  get nextMs(): number {
    return this.#queue.nextMs;
  }

  /** Lets the next thing happen. */
  takeNext(): void {
    this.#nowMs = Math.max(this.#nowMs, this.#queue.nextMs);
    const event = this.#queue.pop();
    if (event !== undefined) this.#happen(event);
  }

  /** A request arrives. @returns false if no replica is known that could take it */
  arrive(job: Job): boolean {
    this.#nowMs = job.arrivedAtMs;
    const known = this.replicas.filter(({ isKnown }) => isKnown);
    const [first, ...others] = known;
    if (first === undefined) return false;
    others.reduce((least, one) => (one.inFlight < least.inFlight ? one : least), first).arrive(job);
    this.#beginWhatFits();
    return true;
  }

  /** Out: new replicas begin to start. In: the youngest drain, and those that were not ready yet end. */
  scale(replicas: number, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#wanted = replicas;
    const living = this.replicas.filter(({ isWanted }) => isWanted);
    for (let count = living.length; count < replicas; count++) {
      this.#queue.push(nowMs + this.#options.service.startUpMs, { kind: 'ready', replica: this.#start(nowMs) });
    }
    for (const replica of living.slice(replicas)) this.#drain(replica);
    this.#tellIfSettled();
  }

  /** Of every replica, at once, for requests that have not begun. */
  resize(share: ReplicaShare, nowMs: number): void {
    this.#nowMs = nowMs;
    this.#share = share;
    for (const replica of this.replicas) replica.share = share;
    this.#beginWhatFits();
  }

  /** After a sample: those that ended in it are of no further interest. */
  forgetEnded(): void {
    this.replicas = this.replicas.filter(({ state }) => state !== 'ended');
  }

  #start(atMs: number): SimReplica {
    const { service, cores } = this.#options;
    const replica = new SimReplica(`${service.name}-${++this.#started}`, atMs, this.#share, cores, service.memory);
    this.replicas = [...this.replicas, replica];
    return replica;
  }

  #drain(replica: SimReplica): void {
    if (replica.state === 'starting') {
      replica.stop(this.#nowMs);
      return;
    }
    replica.state = 'draining';
    // Until they have learned of it, callers go on calling it.
    this.#queue.push(this.#nowMs + this.#options.application.discoveryMs, { kind: 'forgotten', replica });
  }

  #happen(event: Event): void {
    const { replica } = event;
    const { application } = this.#options;
    if (replica.state === 'ended') return;
    switch (event.kind) {
      case 'answer':
        replica.end(event.job, this.#nowMs);
        this.#options.onAnswer(event.job, replica, this.#nowMs);
        this.#endIfDrained(replica);
        this.#beginWhatFits();
        return;
      case 'ready':
        replica.state = 'ready';
        replica.readyAtMs = this.#nowMs;
        this.#queue.push(this.#nowMs + application.discoveryMs, { kind: 'known', replica });
        return;
      case 'known':
        replica.isKnown = replica.isWanted;
        this.#tellIfSettled();
        return;
      case 'forgotten':
        replica.isKnown = false;
        this.#queue.push(this.#nowMs + application.drainLimitMs, { kind: 'cut', replica });
        this.#endIfDrained(replica);
        return;
      case 'cut':
        this.#cut(replica);
        return;
    }
  }

  #endIfDrained(replica: SimReplica): void {
    if (replica.state !== 'draining' || replica.isKnown || replica.inFlight > 0) return;
    replica.stop(this.#nowMs);
    this.#tellIfSettled();
  }

  #cut(replica: SimReplica): void {
    const { service, application, onLost } = this.#options;
    const text = `did not drain in time: ${plural(replica.inFlight, 'request')} left after ${application.drainLimitMs} ms`;
    this.events.push({ atMs: this.#nowMs, service: service.name, replica: replica.id, type: 'drain-cut', text });
    for (const job of replica.stop(this.#nowMs)) onLost(job, this.#nowMs);
    this.#tellIfSettled();
    this.#beginWhatFits();
  }

  #tellIfSettled(): void {
    const isOver = this.replicas.every(({ state }) => state !== 'draining');
    const known = this.replicas.filter(({ isWanted, isKnown }) => isWanted && isKnown).length;
    if (isOver && known === this.#wanted) this.#options.onSettled(this.#nowMs);
  }

  #beginWhatFits(): void {
    for (;;) {
      let next: SimReplica | null = null;
      let cores = 0;
      for (const replica of this.replicas) {
        cores += replica.usedCores;
        const { nextArrivedAtMs } = replica;
        if (nextArrivedAtMs !== null && nextArrivedAtMs < (next?.nextArrivedAtMs ?? Infinity)) next = replica;
      }
      if (next === null || cores + next.coresOfOne > this.#options.cores + 1e-9) return;
      const job = next.begin(this.#nowMs);
      this.#begun++;
      this.#queue.push(this.#nowMs + job.workMs / job.cores, { kind: 'answer', replica: next, job });
    }
  }
}
