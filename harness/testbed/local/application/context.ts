import type { Clock } from '../../../core/clock.ts';
import type { RegistryEntry, TwinOrder, TwinReplica } from '../../../../deathstarbench/client/twin.ts';
import type { ReplicaEvent } from '../../../telemetry/application-reading.ts';
import type { ResourceGroup } from '../resource-group.ts';
import type { WaitMeter } from '../wait-meter.ts';

/** What the testbed says of one replica; the rest of a `TwinOrder` is the same for all. */
export type ReplicaOrder = Pick<TwinOrder, 'service' | 'replica' | 'port' | 'cgroupFiles' | 'cpus'>;

/** The programs that play the application, and how they find each other. */
export interface Twins {
  /** Rejects if the program cannot be started at all. @param signal nobody waits for it any more */
  start(order: ReplicaOrder, signal: AbortSignal): Promise<TwinReplica>;
  /** Tells all replicas who is there to be called. Resolves when it can be read; calls take effect in their order. */
  publish(entries: readonly RegistryEntry[]): Promise<void>;
}

export interface ApplicationOptions {
  readonly clock: Clock;
  readonly twins: Twins;
  /** Of the run; the services' groups are made in it. */
  readonly group: ResourceGroup;
  readonly meter: Pick<WaitMeter, 'watch' | 'forget'>;
  /** CPUs of every replica, ascending. */
  readonly cpus: readonly number[];
  /** Of the first front on 127.0.0.1; null for one that is free. */
  readonly port: number | null;
  /** Ours. */
  readonly pid: number;
}

export type EventType = ReplicaEvent['type'];

/** What a service asks of the application that it belongs to. */
export interface ServiceContext extends ApplicationOptions {
  /** Aborted when the application is taken down. */
  readonly over: AbortSignal;
  /** True until all replicas have been ready once: until then nobody is told of any. */
  isStarting(): boolean;
  /** Both of the model. */
  readonly discoveryMs: number;
  readonly drainLimitMs: number;
  /** Something about who can be called has changed. Resolves when callers can read it. */
  publish(): Promise<void>;
  report(type: EventType, service: string, replica: string, text: string): void;
  /** Looks after what goes on by itself; what it throws is a fault. */
  background(task: Promise<void>): void;
  /** The allocation of the arm does not let it start. */
  failStart(text: string): void;
}
