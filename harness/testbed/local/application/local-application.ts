import { setMaxListeners } from 'node:events';
import type { Application } from '../../../application/application.ts';
import { Cleanup } from '../../../core/cleanup.ts';
import { HarnessError } from '../../../core/errors.ts';
import type { Allocation, Fault } from '../../../plan/plan.ts';
import type { ReplicaEvent } from '../../../telemetry/application-reading.ts';
import type { RegistryEntry } from '../../../../deathstarbench/client/twin.ts';
import type { ApplicationOptions, ServiceContext } from './context.ts';
import { injectFault } from './fault.ts';
import { freePorts } from './free-port.ts';
import { inTurn } from './in-turn.ts';
import { notAsAsked, proveStart } from './prove-start.ts';
import type { ReplicaShare } from './replica.ts';
import { ServiceReplicas } from './service-replicas.ts';
import { whyNotReady } from './why-not-ready.ts';

/** How long replicas may take beyond the start-up time of the model. */
const readyWithinMs = 20_000;
const lookEveryMs = 10;

/** An event with its instant on the clock of the harness, `Clock.nowMs`. */
export type DatedEvent = Omit<ReplicaEvent, 'atMs'> & { readonly nowMs: number };

/** The application of one trial on this machine: every replica a process in a group of its own. */
export class LocalApplication implements AsyncDisposable {
  /** As it runs: its times compressed. */
  readonly model: Application;
  /** In the order of the model. */
  readonly services: readonly ServiceReplicas[];
  readonly #options: ApplicationOptions;
  readonly #context: ServiceContext;
  readonly #over = new AbortController();
  readonly #tasks = new Set<Promise<void>>();
  readonly #events: DatedEvent[] = [];
  readonly #pendingFaults = new Set<Fault>();
  #faults: readonly unknown[] = [];
  #isStarting = true;
  #startFailure: string | null = null;

  private constructor(
    model: Application,
    allocation: Allocation,
    options: ApplicationOptions,
    ports: ReadonlyMap<string, number>,
  ) {
    this.model = model;
    this.#options = options;
    // Every replica waits for it.
    setMaxListeners(0, this.#over.signal);
    const context = (this.#context = this.#contextOf(model, options));
    this.services = model.services.map((service) => {
      const share = allocation[service.name] ?? {
        replicas: 0,
        cpuLimitCores: null,
        cpuRequestCores: null,
        memoryLimitBytes: null,
      };
      return new ServiceReplicas(service, share, ports.get(service.name) ?? null, context);
    });
  }

  /**
   * Starts all replicas at once, waits until each was ready, and proves that what the kernel holds is what was asked for.
   * @throws HarnessError `testbed-failed` if they do not become ready, for no reason of the allocation
   */
  static async start(
    model: Application,
    allocation: Allocation,
    options: ApplicationOptions,
    signal: AbortSignal,
  ): Promise<LocalApplication> {
    const application = new LocalApplication(model, allocation, options, await frontPorts(model, options));
    try {
      await application.#start(signal);
      return application;
    } catch (error) {
      await using cleanup = new Cleanup();
      cleanup.use(application);
      throw error;
    }
  }

  /** Why the allocation did not let it start, an outcome of the arm; null if it started. */
  get startFailure(): string | null {
    return this.#startFailure;
  }

  serviceOf(name: string): ServiceReplicas {
    const service = this.services.find((one) => one.service.name === name);
    if (service === undefined) throw new HarnessError('testbed-failed', `The application has no service ${name}.`);
    return service;
  }

  get events(): readonly DatedEvent[] {
    return this.#events;
  }

  /** The first front that is ready; null if none is. */
  get url(): string | null {
    const front = this.services.find(({ service }) => service.role === 'front');
    const port = front?.replicas.find(({ state }) => state === 'ready')?.port ?? null;
    return port === null ? null : `http://127.0.0.1:${port}`;
  }

  /** New replicas start, or the youngest drain and end. See `ServiceReplicas.scale`. */
  scale(service: string, replicas: number, onReached?: () => void): void {
    this.serviceOf(service).scale(replicas, onReached);
  }

  /** In place, of all its replicas. See `ServiceReplicas.resize`. */
  resize(service: string, changes: Partial<ReplicaShare>): void {
    this.serviceOf(service).resize(changes);
  }

  /** Faults of the profile happen at their instants from now on. @param originMs start of the trial, on `Clock.nowMs` */
  schedule(faults: readonly Fault[], originMs: number, trialMs: number): void {
    for (const fault of faults) {
      this.#pendingFaults.add(fault);
      const onInjected = (): void => void this.#pendingFaults.delete(fault);
      const service = this.serviceOf(fault.service);
      this.#background(injectFault(fault, { originMs, trialMs }, service, this.#context, onInjected));
    }
  }

  /** At the end of the trial: what was asked for and never happened is told. */
  endFaults(): void {
    for (const { kind, service } of this.#pendingFaults) {
      const asked = kind === 'kill' ? 'killed' : 'stopped';
      this.#report(
        'fault-skipped',
        service,
        service,
        `was not ${asked} as the profile asks: no replica of it was ready`,
      );
    }
    this.#pendingFaults.clear();
  }

  /** What went wrong on its own is told to whoever looks next. @throws whatever a task that goes on by itself has thrown */
  throwFaults(): void {
    const faults = this.#faults;
    this.#faults = [];
    if (faults.length === 1) throw faults[0];
    if (faults.length > 1) throw new AggregateError(faults, 'Several things went wrong with the application.');
  }

  /** Kills everything; nothing drains. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#over.signal.aborted) this.#over.abort(new Error('the application is taken down'));
    for (const service of this.services) service.kill();
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    await Promise.all(this.services.map((service) => service.remove()));
  }

  async #start(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (const service of this.services) service.fill();
    const slowestMs = Math.max(...this.model.services.map(({ startUpMs }) => startUpMs));
    const deadlineMs = clock.nowMs() + slowestMs + readyWithinMs;
    let missing: readonly string[] = [];
    while (!this.#isReady() || (missing = await this.#prove(signal)).length > 0) {
      this.throwFaults();
      if (this.#startFailure !== null) return;
      if (clock.nowMs() > deadlineMs) {
        if (this.#isReady() && missing.length > 0) throw notAsAsked(missing);
        this.#startFailure = whyNotReady(this.services, clock.nowMs());
        return;
      }
      await clock.sleep(lookEveryMs, signal);
    }
    this.#isStarting = false;
  }

  /** Replicas are told of each other; one that ends meanwhile sends us back to waiting. */
  async #prove(signal: AbortSignal): Promise<readonly string[]> {
    const { twins, cpus, clock } = this.#options;
    await twins.publish(this.#entries());
    return proveStart(this.services, cpus, clock, signal);
  }

  #isReady(): boolean {
    return this.services.every(
      ({ replicas, wanted }) =>
        replicas.filter(({ state, isPublished }) => state === 'ready' && isPublished).length >= wanted,
    );
  }

  #contextOf({ discoveryMs, drainLimitMs }: Application, options: ApplicationOptions): ServiceContext {
    const takeTurns = inTurn();
    const { twins } = options;
    return {
      ...options,
      twins: { ...twins, start: (order, signal) => takeTurns(() => twins.start(order, signal)) },
      over: this.#over.signal,
      discoveryMs,
      drainLimitMs,
      isStarting: () => this.#isStarting,
      publish: () => this.#publish(),
      report: (type, service, replica, text) => {
        this.#report(type, service, replica, text);
      },
      background: (task) => {
        this.#background(task);
      },
      failStart: (text) => {
        this.#startFailure ??= text;
      },
    };
  }

  /** Until all are ready nobody is told of any; then of all at once. */
  async #publish(): Promise<void> {
    if (!this.#isStarting) await this.#options.twins.publish(this.#entries());
  }

  #entries(): readonly RegistryEntry[] {
    return this.services.flatMap(({ service, replicas }) =>
      replicas.flatMap(({ id, port, isPublished }) =>
        isPublished && port !== null ? [{ service: service.name, replica: id, port }] : [],
      ),
    );
  }

  #report(type: DatedEvent['type'], service: string, replica: string, text: string): void {
    this.#events.push({ nowMs: this.#options.clock.nowMs(), service, replica, type, text });
  }

  #background(task: Promise<void>): void {
    const watched = task
      .catch((error: unknown) => {
        // What was going on is given up when the application is taken down.
        if (!this.#over.signal.aborted) this.#faults = [...this.#faults, error];
      })
      .finally(() => this.#tasks.delete(watched));
    this.#tasks.add(watched);
  }
}

/** All replicas of a front have one port, whichever of them comes first, or comes back. */
async function frontPorts(
  { services }: Application,
  { port, pid }: ApplicationOptions,
): Promise<ReadonlyMap<string, number>> {
  const fronts = services.filter(({ role }) => role === 'front');
  const free = await freePorts(fronts.length, pid);
  return new Map(fronts.map(({ name }, index) => [name, (index === 0 ? port : null) ?? free[index] ?? 0]));
}
