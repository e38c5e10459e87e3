import { setMaxListeners } from 'node:events';
import type { Clock } from '../../../core/clock.ts';
import type { ReplicaReading, ServiceReading } from '../../../telemetry/application-reading.ts';
import { waitQuantile } from '../../../telemetry/wait-quantile.ts';
import { slotCount } from '../../../telemetry/wait-slots.ts';
import type { TwinCounters } from '../../../../deathstarbench/client/twin.ts';
import type { GroupUsage } from '../group-counters.ts';
import type { Replica } from './replica.ts';
import type { ServiceReplicas } from './service-replicas.ts';

/** A replica that is throttled, or halted, may not answer at once; a sample does not wait for it. */
const longestAnswerMs = 500;
const answerShare = 0.4;

/** What was known of a replica at the end of the sample before. */
interface Before {
  readonly usage: GroupUsage;
  readonly counters: TwinCounters | null;
}

export interface ReaderOptions {
  readonly clock: Clock;
  /** The kernel's monotonic clock minus that of the harness. */
  readonly kernelAheadMs: number;
  readonly sampleMs: number;
}

/** Reads all services, sample by sample: the kernel's counters of each group, and what each replica says of itself. */
export class ServiceReader {
  readonly #services: readonly ServiceReplicas[];
  readonly #options: ReaderOptions;
  readonly #before = new Map<string, Before>();

  constructor(services: readonly ServiceReplicas[], options: ReaderOptions) {
    this.#services = services;
    this.#options = options;
  }

  /**
   * Everything since the last call. A replica that ended in between keeps its last values and is not seen again.
   * @param originMs start of the trial, on `Clock.nowMs`
   * @param intervalMs length of the sample
   */
  async read(originMs: number, intervalMs: number, signal: AbortSignal): Promise<readonly ServiceReading[]> {
    const replicas = this.#services.flatMap((service) => service.replicas);
    const living = replicas.filter(({ state }) => state !== 'ended');
    for (const replica of living) replica.readUsage();
    const answered = await this.#ask(living, signal);
    return this.#services.map((service) => {
      const latency = new Array<number>(slotCount).fill(0);
      const readings = service.replicas.map((replica) => {
        const before = this.#before.get(replica.id);
        const counters = answered.has(replica) || replica.state === 'ended' ? replica.counters : null;
        service.noteSpans(replica);
        if (counters !== null) addSlots(latency, counters.latencySlots, before?.counters?.latencySlots ?? []);
        this.#before.set(replica.id, { usage: replica.usage, counters: counters ?? before?.counters ?? null });
        if (replica.state === 'ended') this.#before.delete(replica.id);
        return replicaReading(replica, counters, before, originMs, intervalMs);
      });
      service.forgetEnded();
      const quantileMs = (p: number): number | null => {
        const quantile = waitQuantile(latency, p);
        return quantile === null ? null : quantile.value * 1000;
      };
      return {
        service: service.service.name,
        wanted: service.wanted,
        replicas: readings,
        p50Ms: quantileMs(0.5),
        p95Ms: quantileMs(0.95),
        p99Ms: quantileMs(0.99),
      };
    });
  }

  async #ask(replicas: readonly Replica[], signal: AbortSignal): Promise<ReadonlySet<Replica>> {
    const { clock, sampleMs, kernelAheadMs } = this.#options;
    const over = new AbortController();
    // Every replica is asked.
    setMaxListeners(0, over.signal);
    const late = clock.sleep(Math.min(longestAnswerMs, answerShare * sampleMs), AbortSignal.any([signal, over.signal]));
    const answered = new Set<Replica>();
    const ask = async (replica: Replica): Promise<void> => {
      const counters = (await replica.twin?.counters(over.signal).catch(() => null)) ?? null;
      if (counters === null) return;
      const firstServed = counters.firstServedMonotonicSeconds;
      replica.counters = counters;
      replica.firstServedAtMs ??= firstServed === null ? null : firstServed * 1000 - kernelAheadMs;
      answered.add(replica);
    };
    try {
      await Promise.race([Promise.all(replicas.map(ask)), late]);
    } finally {
      over.abort();
    }
    // What comes after the deadline belongs to the next sample.
    return new Set(answered);
  }
}

function replicaReading(
  { id, state, startedAtMs, readyAtMs, firstServedAtMs, limits, requestCores, usage }: Replica,
  counters: TwinCounters | null,
  before: Before | undefined,
  originMs: number,
  intervalMs: number,
): ReplicaReading {
  const since = (now: number | null, then: number | null | undefined): number | null =>
    now === null ? null : Math.max(0, now - (then ?? 0));
  const inTrial = (nowMs: number | null): number | null => (nowMs === null ? null : nowMs - originMs);
  const pressureSeconds = since(usage.cpuPressureSeconds, before?.usage.cpuPressureSeconds);
  return {
    id,
    state,
    startedAtMs: startedAtMs - originMs,
    readyAtMs: inTrial(readyAtMs),
    firstServedAtMs: inTrial(firstServedAtMs),
    cpuSeconds: since(usage.cpuSeconds, before?.usage.cpuSeconds),
    cpuLimitCores: limits.cpuCores,
    cpuRequestCores: requestCores,
    quotaPeriods: since(usage.quotaPeriods, before?.usage.quotaPeriods),
    throttledPeriods: since(usage.throttledPeriods, before?.usage.throttledPeriods),
    throttledSeconds: since(usage.throttledSeconds, before?.usage.throttledSeconds),
    memoryBytes: usage.memoryBytes,
    memoryLimitBytes: limits.memoryBytes,
    oomKills: since(usage.oomKills, before?.usage.oomKills),
    cpuPressureShare: pressureSeconds === null ? null : Math.min(1, (pressureSeconds * 1000) / intervalMs),
    requests: counters && since(counters.requests, before?.counters?.requests),
    errors: counters && since(counters.errors, before?.counters?.errors),
    inFlight: counters && counters.inFlight,
    busyConnections: counters && counters.busyConnections,
    queuedForConnection: counters && counters.queuedForConnection,
  };
}

function addSlots(sum: number[], now: readonly number[], then: readonly number[]): void {
  now.forEach((count, slot) => (sum[slot] = (sum[slot] ?? 0) + count - (then[slot] ?? 0)));
}
