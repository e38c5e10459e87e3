import type { ReplicaReading } from '../../telemetry/application-reading.ts';
import type { Sample, WaitReading } from '../../telemetry/sample.ts';

/** `all` is every run-queue wait, throttling by a CPU quota included; `contention` leaves throttling out. */
export type WaitSignal = 'all' | 'contention';

/** What one replica did in the samples since the last sync: its metrics are means over them. A missing value is null, never 0. */
export class ReplicaWindow {
  /** Of the first sample in which its CPU time was measured, and of the last. */
  cpuFromMs: number | null = null;
  cpuUntilMs = 0;
  /** In the last sample that has it. */
  requestCores: number | null = null;
  memoryBytes: number | null = null;
  memoryLimitBytes: number | null = null;
  #cpuSeconds = 0;
  #cpuMs = 0;
  #requests: number | null = null;
  #lifeMs = 0;
  #waitSeconds = 0;
  #waitMs = 0;
  #isWaitKnown = true;
  #histograms: (readonly number[])[] | null = [];

  see(replica: ReplicaReading, { atMs, intervalMs, waits }: Sample): void {
    const { cpuSeconds, cpuRequestCores, memoryBytes, memoryLimitBytes, requests } = replica;
    if (cpuSeconds !== null && intervalMs > 0) {
      this.cpuFromMs ??= atMs - intervalMs;
      this.cpuUntilMs = atMs;
      this.#cpuSeconds += cpuSeconds;
      this.#cpuMs += intervalMs;
    }
    this.requestCores = cpuRequestCores ?? this.requestCores;
    this.memoryBytes = memoryBytes ?? this.memoryBytes;
    this.memoryLimitBytes = memoryLimitBytes ?? this.memoryLimitBytes;
    // A replica that did not tell its counters in time tells the rest in a later sample.
    if (requests !== null) this.#requests = (this.#requests ?? 0) + requests;
    this.#lifeMs += intervalMs;
    // Where waits are measured, a replica without a reading did not wait.
    if (waits !== null) this.#waitMs += intervalMs;
  }

  seeWait({ cause, count, waitSeconds, slots }: WaitReading, signal: WaitSignal): void {
    if (count === 0 || (signal === 'contention' && cause === 'throttled')) return;
    // Where the source cannot tell causes apart, nothing is known of contention.
    if (signal === 'contention' && cause === 'any') this.#isWaitKnown = false;
    this.#waitSeconds += waitSeconds;
    if (slots === null) this.#histograms = null;
    else this.#histograms?.push(slots);
  }

  /** Mean of the CPU that it used. */
  get usedCores(): number | null {
    return this.#cpuMs === 0 ? null : (this.#cpuSeconds * 1000) / this.#cpuMs;
  }

  /** Mean number of its threads that waited for a CPU: by Little's law the CPU that it lacked. */
  get waitCores(): number | null {
    return this.#waitMs === 0 || !this.#isWaitKnown ? null : (this.#waitSeconds * 1000) / this.#waitMs;
  }

  /** Its waits by slot: histograms to be added up. Null where they are not known as such. */
  get waitHistograms(): readonly (readonly number[])[] | null {
    return this.#waitMs === 0 || !this.#isWaitKnown ? null : this.#histograms;
  }

  get requestsPerSecond(): number | null {
    return this.#requests === null || this.#lifeMs === 0 ? null : (this.#requests * 1000) / this.#lifeMs;
  }
}

/** By id of the replica, which is unique in the trial. */
export function replicaWindows(samples: readonly Sample[], signal: WaitSignal): ReadonlyMap<string, ReplicaWindow> {
  const windows = new Map<string, ReplicaWindow>();
  for (const sample of samples) {
    for (const { replicas } of sample.services ?? []) {
      for (const replica of replicas) {
        const window = windows.get(replica.id) ?? new ReplicaWindow();
        windows.set(replica.id, window);
        window.see(replica, sample);
      }
    }
    for (const reading of sample.waits ?? []) windows.get(reading.group)?.seeWait(reading, signal);
  }
  return windows;
}

/** Mean of what the load generator offered; null without one. */
export function offeredPerSecond(samples: readonly Sample[]): number | null {
  let [offered, overMs] = [0, 0];
  for (const { load, intervalMs } of samples) {
    if (load === null) continue;
    offered += load.total.offered;
    overMs += intervalMs;
  }
  return overMs === 0 ? null : (offered * 1000) / overMs;
}
