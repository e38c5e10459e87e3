import type { Service } from '../../../application/application.ts';
import type { ChildExit } from '../../../core/process.ts';
import { HarnessError } from '../../../core/errors.ts';
import type { ServiceAllocation } from '../../../plan/plan.ts';
import type { TwinReplica } from '../../../../deathstarbench/client/twin.ts';
import { formatCpuList } from '../../../core/cpu-list.ts';
import { setCpuRequest } from '../cpu-weight.ts';
import { setCpus } from '../group-limits.ts';
import type { ResourceGroup } from '../resource-group.ts';
import type { ServiceContext } from './context.ts';
import { Replica, type ReplicaShare } from './replica.ts';
import { cutStatus, doneStatus, lastWords, replicaEnd, type ReplicaEnd } from './replica-end.ts';
import { resizeReplicas } from './resize-replicas.ts';
import { RestartPause } from './restart-pause.ts';
import { ScaleGoal } from './scale-goal.ts';

/** Crashes before it was ever ready after which there is no point in going on. */
const mostFailedStarts = 3;
/** A replica cuts by itself what takes longer than the model allows; one that stands still cannot. */
const cutWithinMs = 1000;
/** While a replica drains, its counters are read so often that the last reading misses little. */
const drainReadMs = 50;

/** The replicas of one service: as many as are wanted, whatever happens to them. */
export class ServiceReplicas {
  readonly service: Service;
  /** Those that live, and those that ended since the last sample, in the order of their start. */
  replicas: readonly Replica[] = [];
  readonly #context: ServiceContext;
  readonly #group: ResourceGroup;
  #wanted: number;
  #share: ReplicaShare;
  /** Of the last scaling, until it is reached. */
  #goal: { readonly goal: ScaleGoal; readonly onReached: () => void } | null = null;
  #started = 0;
  readonly #pause = new RestartPause();
  #failedStarts = 0;
  /** Of a front: its address does not change when it is restarted. */
  #port: number | null;

  constructor(service: Service, allocation: ServiceAllocation, port: number | null, context: ServiceContext) {
    this.service = service;
    this.#context = context;
    this.#wanted = allocation.replicas;
    const { cpuLimitCores, cpuRequestCores, memoryLimitBytes } = allocation;
    this.#share = { cpuCores: cpuLimitCores, requestCores: cpuRequestCores, memoryBytes: memoryLimitBytes };
    this.#port = port;
    this.#group = context.group.child(service.name);
    setCpus(this.#group, formatCpuList(context.cpus));
  }

  get wanted(): number {
    return this.#wanted;
  }

  /** Of each replica. */
  get share(): ReplicaShare {
    return this.#share;
  }

  /** Is it on its way to what is wanted? */
  get isScaling(): boolean {
    return this.#goal !== null;
  }

  /** Starts what is missing. */
  fill(): void {
    while (this.#living().length < this.#wanted) this.#startOne();
    this.#weigh();
  }

  /**
   * Out: new replicas begin to start. In: the youngest drain and end; none of them is taken back.
   * @param onReached all of it can be felt; never called if another scaling comes before
   */
  scale(replicas: number, onReached: () => void = () => undefined): void {
    this.#wanted = replicas;
    this.fill();
    const leavers = this.#living().slice(replicas);
    for (const replica of leavers) replica.endedBy ??= 'harness';
    this.#goal = { goal: new ScaleGoal(replicas, this.replicas, leavers), onReached };
    for (const replica of leavers) this.#context.background(this.#drain(replica));
    this.#weigh();
    this.#lookAtGoal();
  }

  /**
   * Of every replica that stays, at once and in place, and of those to come.
   * @throws HarnessError `testbed-failed` if the kernel refuses; then all have what they had
   */
  resize(changes: Partial<ReplicaShare>): void {
    const before = this.#share;
    const after = { ...before, ...changes };
    resizeReplicas(this.#living(), before, after);
    this.#share = after;
    this.#weigh();
  }

  /** Once the counters of a replica have been read. */
  noteSpans(replica: Replica): void {
    const dropped = replica.counters?.spansDropped ?? 0;
    if (dropped === 0 || replica.isSpansFullTold) return;
    replica.isSpansFullTold = true;
    this.#report(replica, 'spans-full', 'has filled its file of spans; later ones are left out');
  }

  /** After a sample: those that ended in it are of no further interest. */
  forgetEnded(): void {
    for (const { id } of this.replicas.filter(({ state }) => state === 'ended')) this.#context.meter.forget(id);
    this.replicas = this.replicas.filter(({ state }) => state !== 'ended');
  }

  kill(): void {
    for (const replica of this.replicas) {
      replica.endedBy = 'harness';
      replica.kill();
    }
  }

  /** Once all processes have ended. */
  async remove(): Promise<void> {
    await Promise.all(this.replicas.map(async ({ twin }) => twin?.[Symbol.asyncDispose]()));
    // With those of the replicas.
    await this.#group.remove(this.#context.clock);
  }

  #living(): readonly Replica[] {
    return this.replicas.filter(({ isWanted }) => isWanted);
  }

  /** Against other services: by what its replicas request together. */
  #weigh(): void {
    const { requestCores } = this.#share;
    if (requestCores !== null) setCpuRequest(this.#group, requestCores * Math.max(1, this.#living().length));
  }

  #lookAtGoal(): void {
    if (this.#goal?.goal.isReached(this.replicas) !== true) return;
    const { onReached } = this.#goal;
    this.#goal = null;
    onReached();
  }

  #startOne(): Replica {
    const { clock, meter } = this.#context;
    const id = `${this.service.name}-${++this.#started}`;
    const group = this.#group.child(id);
    const replica = new Replica(id, this.service, group, this.#share, clock.nowMs());
    setCpus(group, formatCpuList(this.#context.cpus));
    meter.watch(id, group.cpu);
    this.replicas = [...this.replicas, replica];
    this.#context.background(this.#bringUp(replica));
    return replica;
  }

  async #bringUp(replica: Replica): Promise<void> {
    const { twins, over, clock, cpus } = this.#context;
    const order = {
      service: this.service,
      replica: replica.id,
      port: this.#port ?? 0,
      cgroupFiles: replica.group.processesFiles,
      // Also where the cpuset controller binds it: it would inherit the CPUs of the harness, and they are none of the cpuset's.
      cpus: formatCpuList(cpus),
    };
    const twin = await twins.start(order, over);
    replica.twin = twin;
    this.#context.background(twin.exited.then((exit) => this.#end(replica, exit)));
    // It may have been scaled in, or taken down, before there was a process.
    if (over.aborted || replica.endedBy === 'harness') replica.kill();
    const port = await this.#portOf(replica, twin);
    if (port === null || replica.state !== 'starting') return;
    replica.port = port;
    replica.readyAtMs = clock.nowMs();
    replica.state = 'ready';
    if (this.service.role === 'front') this.#port = port;
    if (!this.#context.isStarting()) await clock.sleep(this.#context.discoveryMs, over);
    // It may have ended, or been scaled in, while callers were to learn of it.
    if (!replica.isWanted) return;
    replica.isPublished = true;
    await this.#context.publish();
    replica.isKnown = true;
    this.#lookAtGoal();
  }

  /** Null if it ended before it was ready, which its end tells. */
  async #portOf(replica: Replica, twin: TwinReplica): Promise<number | null> {
    try {
      return await twin.ready;
    } catch (error) {
      const { clock, over } = this.#context;
      // Whoever is taken down waits for its end.
      const givenUp = clock.sleep(1000, over).catch(() => undefined);
      const hasEnded = await Promise.race([twin.exited.then(() => true), givenUp.then(() => false)]);
      if (hasEnded) return null;
      replica.kill();
      throw error;
    }
  }

  /** It is called no more, finishes what it has, and ends. */
  async #drain(replica: Replica): Promise<void> {
    const { clock, over, discoveryMs, drainLimitMs } = this.#context;
    const { twin } = replica;
    replica.state = 'draining';
    if (twin === null || replica.port === null) {
      replica.kill();
      return;
    }
    // Until they have learned of it, callers go on calling it.
    await clock.sleep(discoveryMs, over);
    replica.isPublished = false;
    // A caller that knows it no longer does not come back when it is told that it ends.
    await this.#context.publish();
    twin.drain();
    const deadlineMs = clock.nowMs() + drainLimitMs + cutWithinMs;
    const hasEnded = twin.exited.then(() => true);
    while (clock.nowMs() < deadlineMs) {
      replica.counters = (await twin.counters(over).catch(() => null)) ?? replica.counters;
      if (await Promise.race([hasEnded, clock.sleep(drainReadMs, over).then(() => false)])) return;
    }
    this.#report(replica, 'drain-cut', 'was killed when it had not drained in time');
    replica.kill();
  }

  async #end(replica: Replica, exit: ChildExit): Promise<void> {
    const { clock, over } = this.#context;
    const wasReady = replica.readyAtMs !== null;
    replica.end();
    replica.isPublished = false;
    if (over.aborted) return;
    this.#lookAtGoal();
    this.#context.background(this.#context.publish());
    if (replica.endedBy !== 'harness') await this.#replace(replica, exit, wasReady);
    else if (!replica.isKilled) this.#judgeDrain(replica, exit);
    await replica.group.remove(clock);
  }

  /** It was told to end; something else may have ended it before it had. */
  #judgeDrain(replica: Replica, exit: ChildExit): void {
    if (exit.exitCode === doneStatus) return;
    if (exit.exitCode === cutStatus) {
      this.#report(replica, 'drain-cut', `did not drain in time: ${lastWords(exit)}`);
      return;
    }
    const { type, text } = this.#endOf(replica, exit);
    this.#report(replica, type, `${text} while it drained`);
  }

  #endOf({ endedBy, usage, limits }: Replica, exit: ChildExit): ReplicaEnd {
    return replicaEnd(exit, {
      isByProfile: endedBy === 'profile',
      oomKills: usage.oomKills ?? 0,
      limitHits: usage.limitHits ?? 0,
      memoryLimitBytes: limits.memoryBytes,
    });
  }

  async #replace(replica: Replica, exit: ChildExit, wasReady: boolean): Promise<void> {
    const { clock, over } = this.#context;
    const { type, text } = this.#endOf(replica, exit);
    this.#report(replica, type, text);
    if (this.#context.isStarting() && !wasReady) this.#judgeStart(replica, type, text);
    await clock.sleep(this.#pause.next(clock.nowMs() - replica.startedAtMs), over);
    if (this.#living().length >= this.#wanted) return;
    const successor = this.#startOne();
    this.#report(successor, 'restarted', `takes the place of ${replica.id}, which ${text}`);
  }

  #judgeStart(replica: Replica, type: string, text: string): void {
    if (type === 'killed-by-memory-limit') {
      this.#context.failStart(`${replica.id} ${text} before it was ready`);
    } else if (++this.#failedStarts >= mostFailedStarts) {
      throw new HarnessError('testbed-failed', `${replica.id} does not start: it ${text}.`, {
        hint: 'Run `npx scalelab check` to see what this machine lacks.',
      });
    }
  }

  #report({ id }: Replica, type: Parameters<ServiceContext['report']>[0], text: string): void {
    this.#context.report(type, this.service.name, id, text);
  }
}
