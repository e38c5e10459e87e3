import type { Service } from '../../../application/application.ts';
import type { ReplicaState } from '../../../telemetry/application-reading.ts';
import type { TwinCounters, TwinReplica } from '../../../../deathstarbench/client/twin.ts';
import { GroupCounters, type GroupUsage } from '../group-counters.ts';
import { setCpuRequest } from '../cpu-weight.ts';
import { setCpuLimit, setLimits, setMemoryLimit, type GroupLimits } from '../group-limits.ts';
import type { ResourceGroup } from '../resource-group.ts';

/** What each replica of a service is given. */
export interface ReplicaShare extends GroupLimits {
  /** Without one, its CPU is weighed as the kernel does by itself. */
  readonly requestCores: number | null;
}

/** One replica from its actuation to its end: its group, its process, and what is known of it. Instants are `Clock.nowMs`. */
export class Replica {
  /** Unique in the trial: `nginx-1`. */
  readonly id: string;
  readonly service: Service;
  readonly group: ResourceGroup;
  readonly startedAtMs: number;
  state: ReplicaState = 'starting';
  readyAtMs: number | null = null;
  firstServedAtMs: number | null = null;
  /** Null until it is ready. */
  port: number | null = null;
  /** Callers know of it, or will, */
  isPublished = false;
  /** and now they do. */
  isKnown = false;
  /** Who ended it on purpose; null if nobody did. */
  endedBy: 'harness' | 'profile' | null = null;
  /** Null until its process was started. */
  twin: TwinReplica | null = null;
  /** As last read. */
  usage: GroupUsage;
  counters: TwinCounters | null = null;
  /** Its file of spans is full, and that was told. */
  isSpansFullTold = false;
  #isKilled = false;
  readonly #groupCounters: GroupCounters;
  #share: ReplicaShare;

  constructor(id: string, service: Service, group: ResourceGroup, share: ReplicaShare, nowMs: number) {
    this.id = id;
    this.service = service;
    this.group = group;
    this.startedAtMs = nowMs;
    this.#share = share;
    this.#groupCounters = new GroupCounters(group);
    setLimits(group, share);
    if (share.requestCores !== null) setCpuRequest(group, share.requestCores);
    this.usage = this.#groupCounters.read();
  }

  get limits(): GroupLimits {
    const { cpuCores, memoryBytes } = this.#share;
    return { cpuCores, memoryBytes };
  }

  get requestCores(): number | null {
    return this.#share.requestCores;
  }

  /** In place: its processes go on. @throws HarnessError `testbed-failed` if the kernel refuses; then it has what it had */
  resize(share: ReplicaShare): void {
    const before = this.#share;
    try {
      this.#set(before, share);
    } catch (error) {
      this.#set(share, before);
      throw error;
    }
    this.#share = share;
  }

  /** Only what changes: the kernel takes a write of the same for a change. */
  #set(from: ReplicaShare, to: ReplicaShare): void {
    if (from.memoryBytes !== to.memoryBytes) setMemoryLimit(this.group, to.memoryBytes);
    if (from.cpuCores !== to.cpuCores) setCpuLimit(this.group, to.cpuCores);
    if (from.requestCores !== to.requestCores && to.requestCores !== null) setCpuRequest(this.group, to.requestCores);
  }

  /** Counts towards what its service is to have. */
  get isWanted(): boolean {
    return (this.state === 'starting' || this.state === 'ready') && this.endedBy !== 'harness';
  }

  /** We killed it: how it ended says nothing. */
  get isKilled(): boolean {
    return this.#isKilled;
  }

  /** SIGKILL, also to a process that has not entered its group yet. */
  kill(): void {
    if (this.state === 'ended') return;
    this.#isKilled = true;
    this.group.kill();
    this.twin?.kill();
  }

  readUsage(): GroupUsage {
    this.usage = this.#groupCounters.read();
    return this.usage;
  }

  /** After its process has ended, while its group is still there. What it held in memory last is kept: now it holds nothing. */
  end(): void {
    const { memoryBytes } = this.usage;
    this.usage = { ...this.#groupCounters.read(), memoryBytes };
    this.#groupCounters[Symbol.dispose]();
    this.state = 'ended';
  }
}
