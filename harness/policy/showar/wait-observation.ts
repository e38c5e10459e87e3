import type { Sample, WaitCause, WaitReading } from '../../telemetry/sample.ts';
import { mergedP95Ms } from './merged-p95.ts';

/** `all` is every wait, throttling by a CPU quota included, as the paper's tracer sees it; `contention` leaves throttling out. */
export type WaitSignal = 'all' | 'contention';

const causesOf: Readonly<Record<WaitSignal, readonly WaitCause[]>> = {
  all: ['contention', 'throttled', 'any'],
  // Where the source cannot tell causes apart, there is nothing that is known to be contention.
  contention: ['contention'],
};

export interface WaitObservation {
  readonly ms: number;
  /** Samples in which a wait ended, and so there is a p95. Under time compression they are fewer and coarser than 60 seconds. */
  readonly p95s: number;
  /** Samples since the last observation. */
  readonly samples: number;
}

/** Run-queue wait of services since the last observation: the histograms of the replicas of each as one, in each sample. */
export class WaitObserver {
  readonly #causes: readonly WaitCause[];
  readonly #of: 'mean-of-p95s' | 'p95-of-all';
  readonly #services: ReadonlyMap<string, ServiceWaits>;
  #samples = 0;

  constructor(services: readonly string[], signal: WaitSignal, of: 'mean-of-p95s' | 'p95-of-all') {
    this.#causes = causesOf[signal];
    this.#of = of;
    this.#services = new Map(services.map((name) => [name, new ServiceWaits(of === 'p95-of-all')]));
  }

  see({ waits, services }: Sample): void {
    this.#samples++;
    if (waits === null || services === null) return;
    const waitsOf = new Map<string, ServiceWaits>();
    for (const { service, replicas } of services) {
      const own = this.#services.get(service);
      if (own === undefined) continue;
      for (const { id, state } of replicas) if (state === 'ready') waitsOf.set(id, own);
    }
    for (const reading of waits) {
      if (reading.count > 0 && this.#causes.includes(reading.cause)) waitsOf.get(reading.group)?.add(reading);
    }
    for (const own of this.#services.values()) own.endSample();
  }

  /** What was seen of each service since the last time; a service of which no wait ended is not there. */
  take(): ReadonlyMap<string, WaitObservation> {
    const samples = this.#samples;
    this.#samples = 0;
    const observations = new Map<string, WaitObservation>();
    for (const [service, waits] of this.#services) {
      const { p95sMs, allMs } = waits.take();
      const ms = this.#of === 'p95-of-all' ? allMs : meanMs(p95sMs);
      if (ms !== null) observations.set(service, { ms, p95s: p95sMs.length, samples });
    }
    return observations;
  }
}

/** The mean of the p95 of each second. Null of none. */
export function meanMs(p95sMs: readonly number[]): number | null {
  return p95sMs.length === 0 ? null : p95sMs.reduce((sum, ms) => sum + ms, 0) / p95sMs.length;
}

class ServiceWaits {
  readonly #keepsAll: boolean;
  #ofSample: WaitReading[] = [];
  #p95sMs: number[] = [];
  #all: WaitReading[] = [];

  constructor(keepsAll: boolean) {
    this.#keepsAll = keepsAll;
  }

  add(reading: WaitReading): void {
    this.#ofSample.push(reading);
  }

  /** A sample in which some replica has no histogram says nothing about the service. */
  endSample(): void {
    const p95Ms = mergedP95Ms(this.#ofSample);
    if (p95Ms !== null) {
      this.#p95sMs.push(p95Ms);
      if (this.#keepsAll) this.#all.push(...this.#ofSample);
    }
    this.#ofSample = [];
  }

  take(): { readonly p95sMs: readonly number[]; readonly allMs: number | null } {
    const taken = { p95sMs: this.#p95sMs, allMs: mergedP95Ms(this.#all) };
    this.#p95sMs = [];
    this.#all = [];
    return taken;
  }
}
