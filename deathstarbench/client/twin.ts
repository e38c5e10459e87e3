import type { Service } from '../../harness/application/application.ts';
import type { ChildExit } from '../../harness/core/process.ts';

/** How one replica is started. */
export interface TwinOrder {
  /** The program `scalelab-twin`. */
  readonly program: string;
  /** The program `scalelab-workload`, which enters the cgroups and then becomes the twin. */
  readonly launcher: string;
  /** What all replicas of a run share: the model as the twin reads it, the registry, sockets and span files. */
  readonly runFolder: string;
  readonly service: Service;
  /** Unique in the trial: `nginx-1`. */
  readonly replica: string;
  /** Of 127.0.0.1; 0 lets the kernel choose. */
  readonly port: number;
  /** `cgroup.procs` of every hierarchy that it enters before it becomes the twin. */
  readonly cgroupFiles: readonly string[];
  /** CPUs that the launcher binds it to (`enter --cpus`), such as `0` or `1-3`; null to leave that to its cgroups. */
  readonly cpus: string | null;
}

/** A replica that was started. Its process dies with the harness. */
export interface TwinReplica extends AsyncDisposable {
  readonly pid: number;
  /** Resolves with its port when it answers, after the model's start-up time; rejects if it ends before, or with the signal's reason. */
  readonly ready: Promise<number>;
  /** Never rejects. */
  readonly exited: Promise<ChildExit>;
  /** Cumulative; null if it has ended or does not answer in time. */
  counters(signal?: AbortSignal): Promise<TwinCounters | null>;
  /**
   * It finishes what it has, and ends: SIGTERM. To be unregistered first. Exit status 0, or 5 if the drain limit was over in the middle of
   * requests.
   */
  drain(): void;
  /** SIGKILL. */
  kill(): void;
}

/** Since the start of a replica. */
export interface TwinCounters {
  /** CLOCK_MONOTONIC of the reading, in seconds. */
  readonly monotonicSeconds: number;
  readonly requests: number;
  readonly errors: number;
  readonly inFlight: number;
  /** Connections of its callers. */
  readonly openConnections: number;
  /** Of its own pools: in use, and requests that wait for one. */
  readonly busyConnections: number;
  readonly queuedForConnection: number;
  readonly cpuSeconds: number;
  /** CLOCK_MONOTONIC when its first answer was complete; null if none was. */
  readonly firstServedMonotonicSeconds: number | null;
  /** Answers by time from arrival to answer, without those that a front refused, in slots of `telemetry/wait-slots.ts`. */
  readonly latencySlots: readonly number[];
  /** Sampled requests whose spans found no room in the file. */
  readonly spansDropped: number;
}

/** One line of the registry: who is there to be called. */
export interface RegistryEntry {
  readonly service: string;
  readonly replica: string;
  readonly port: number;
}
