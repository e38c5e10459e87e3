import { stream } from '../../core/random.ts';
import { EventQueue } from './event-queue.ts';

/** What runs on the simulated machine. Times are in milliseconds. */
export interface RunQueueModel {
  readonly cores: number;
  /** Poisson arrivals of tasks with exponential work; null for none. */
  readonly arrivals: { readonly ratePerSecond: number; readonly meanWorkMs: number } | null;
  /** A task at a fixed rate with fixed work; null for none. */
  readonly canary: { readonly ratePerSecond: number; readonly workMs: number } | null;
  /** Threads that are always runnable. */
  readonly busyThreads: number;
  /** Root of the draws of arrivals, shared by all arms of a block. */
  readonly arrivalSeed: number;
}

export type SimGroup = 'task' | 'canary' | 'disturbance';

interface Task {
  readonly group: SimGroup;
  readonly workMs: number;
}

/** How long a busy thread runs before it goes to the end of the queue, as a scheduler's slice. */
export const sliceMs = 3;

/**
 * One first-come-first-served queue for all cores, in virtual time. A busy thread runs a slice and queues again, which makes it
 * round robin among themselves. With Poisson arrivals and nothing else it is an M/M/c queue.
 */
export class SimRunQueue {
  readonly #model: RunQueueModel;
  readonly #events = new EventQueue<
    { readonly kind: 'arrival' | 'canary' } | { readonly kind: 'end'; readonly task: Task }
  >();
  readonly #waiting: { readonly task: Task; readonly sinceMs: number }[] = [];
  readonly #onWait: (group: SimGroup, waitMs: number) => void;
  readonly #between;
  readonly #work;
  #head = 0;
  #running = 0;
  #nowMs = 0;
  #busyMs = 0;
  #switches = 0;

  /** @param onWait called at each switch-in with the wait that ended */
  constructor(model: RunQueueModel, onWait: (group: SimGroup, waitMs: number) => void) {
    this.#model = model;
    this.#onWait = onWait;
    this.#between = stream(model.arrivalSeed, 'sim/arrivals');
    this.#work = stream(model.arrivalSeed, 'sim/work');
    this.#scheduleArrival();
    if (model.canary !== null) this.#events.push(0, { kind: 'canary' });
    for (let thread = 0; thread < model.busyThreads; thread++) this.#enqueue({ group: 'disturbance', workMs: sliceMs });
  }

  /** Core-milliseconds used so far. */
  get busyMs(): number {
    return this.#busyMs;
  }

  get switches(): number {
    return this.#switches;
  }

  /** Lets virtual time pass until `atMs`. */
  advanceTo(atMs: number): void {
    while (this.#events.nextMs <= atMs) {
      this.#passTo(this.#events.nextMs);
      const event = this.#events.pop();
      if (event === undefined) break;
      if (event.kind === 'end') this.#end(event.task);
      else if (event.kind === 'canary') this.#wakeCanary();
      else this.#arrive();
    }
    this.#passTo(atMs);
  }

  #passTo(atMs: number): void {
    this.#busyMs += this.#running * (atMs - this.#nowMs);
    this.#nowMs = atMs;
  }

  #scheduleArrival(): void {
    const { arrivals } = this.#model;
    if (arrivals === null) return;
    this.#events.push(this.#nowMs + this.#between.exponential(1000 / arrivals.ratePerSecond), { kind: 'arrival' });
  }

  #arrive(): void {
    this.#scheduleArrival();
    const { arrivals } = this.#model;
    if (arrivals !== null) this.#enqueue({ group: 'task', workMs: this.#work.exponential(arrivals.meanWorkMs) });
  }

  #wakeCanary(): void {
    const { canary } = this.#model;
    if (canary === null) return;
    this.#events.push(this.#nowMs + 1000 / canary.ratePerSecond, { kind: 'canary' });
    this.#enqueue({ group: 'canary', workMs: canary.workMs });
  }

  #enqueue(task: Task): void {
    this.#waiting.push({ task, sinceMs: this.#nowMs });
    this.#dispatch();
  }

  #end(task: Task): void {
    this.#running--;
    if (task.group === 'disturbance') this.#enqueue(task);
    else this.#dispatch();
  }

  #dispatch(): void {
    while (this.#running < this.#model.cores) {
      const next = this.#waiting[this.#head];
      if (next === undefined) break;
      this.#head++;
      this.#running++;
      this.#switches++;
      this.#onWait(next.task.group, this.#nowMs - next.sinceMs);
      this.#events.push(this.#nowMs + next.task.workMs, { kind: 'end', task: next.task });
    }
    // The part that was served is dropped now and then, so that a long trial does not keep it.
    if (this.#head > 4096) {
      this.#waiting.splice(0, this.#head);
      this.#head = 0;
    }
  }
}
