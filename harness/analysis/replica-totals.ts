import type { Plan } from '../plan/plan.ts';
import type { ReplicaReading } from '../telemetry/application-reading.ts';
import type { Sample } from '../telemetry/sample.ts';

/** Sums over the replicas of some samples. Null: not known, or without a limit. */
export interface ReplicaTotals {
  /** Of all replicas; null if none of them says it. */
  readonly cpuSeconds: number | null;
  readonly throttledSeconds: number | null;
  readonly quotaPeriods: number | null;
  readonly throttledPeriods: number | null;
  /** The most that all replicas together held at the end of a sample. */
  readonly mostMemoryBytes: number | null;
  readonly reserved: ReservedTotals;
}

/** What fronts and services reserved and used, summed over time. */
export interface ReservedTotals {
  readonly coreSeconds: number | null;
  readonly coreSecondsRequested: number | null;
  readonly coreSecondsUsed: number | null;
  /** Of 10^9 bytes, by limit. */
  readonly gigabyteSeconds: number | null;
  readonly replicaSeconds: number | null;
}

const bytesPerGigabyte = 1e9;

/**
 * In one pass, because an experiment may hold a million readings.
 *
 * What is reserved is an integral over the samples (policies.md 11.5): the limit that a replica has at the end of a sample counts for as much
 * of the sample as the replica lived. It reserves from its start on, ready or not, until it has ended; one that ended within a sample counts
 * to the end of it, since when it ended is not recorded. Stores are left out, also of what was used: no policy can scale them. A sum is
 * null as soon as one replica has no such limit, for then nothing bounds what it reserves.
 */
export function replicaTotals({ application }: Pick<Plan, 'application'>, samples: readonly Sample[]): ReplicaTotals {
  const services = application?.model.services ?? [];
  const scaled = new Set(services.filter(({ role }) => role !== 'store').map(({ name }) => name));
  const [cpu, throttled, periods, throttledPeriods] = [new Known(), new Known(), new Known(), new Known()];
  const [limit, request, used, bytes, lived] = [new Whole(), new Whole(), new Known(), new Whole(), new Whole()];
  const most = { bytes: null as number | null };
  for (const sample of samples) {
    const memory = new Known();
    for (const { service, replicas } of sample.services ?? []) {
      const isScaled = scaled.has(service);
      for (const replica of replicas) {
        cpu.add(replica.cpuSeconds);
        throttled.add(replica.throttledSeconds);
        periods.add(replica.quotaPeriods);
        throttledPeriods.add(replica.throttledPeriods);
        memory.add(replica.memoryBytes);
        if (!isScaled) continue;
        used.add(replica.cpuSeconds);
        const seconds = secondsAlive(sample, replica);
        limit.add(replica.cpuLimitCores, seconds);
        request.add(replica.cpuRequestCores, seconds);
        bytes.add(replica.memoryLimitBytes, seconds);
        lived.add(1, seconds);
      }
    }
    if (memory.sum !== null) most.bytes = Math.max(most.bytes ?? 0, memory.sum);
  }
  return {
    ...{ cpuSeconds: cpu.sum, throttledSeconds: throttled.sum },
    ...{ quotaPeriods: periods.sum, throttledPeriods: throttledPeriods.sum, mostMemoryBytes: most.bytes },
    reserved: {
      coreSeconds: limit.sum,
      coreSecondsRequested: request.sum,
      coreSecondsUsed: used.sum,
      gigabyteSeconds: bytes.sum === null ? null : bytes.sum / bytesPerGigabyte,
      replicaSeconds: lived.sum,
    },
  };
}

function secondsAlive({ atMs, intervalMs }: Sample, { startedAtMs }: ReplicaReading): number {
  return Math.max(0, atMs - Math.max(atMs - intervalMs, startedAtMs)) / 1000;
}

/** The sum of what is known; null if nothing is. */
class Known {
  sum: number | null = null;

  add(value: number | null): void {
    if (value !== null) this.sum = (this.sum ?? 0) + value;
  }
}

/** An integral that needs every part of it; null if one is missing, or if there is none. */
class Whole {
  #isThere = false;
  #isWhole = true;
  #sum = 0;

  add(value: number | null, seconds: number): void {
    this.#isThere = true;
    if (seconds === 0) return;
    if (value === null) this.#isWhole = false;
    else this.#sum += value * seconds;
  }

  get sum(): number | null {
    return this.#isThere && this.#isWhole ? this.#sum : null;
  }
}
