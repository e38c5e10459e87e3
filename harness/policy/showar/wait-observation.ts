import type { Sample, WaitCause, WaitReading } from '../../telemetry/sample.ts';
import { waitQuantile } from '../../telemetry/wait-quantile.ts';
import { slotCount } from '../../telemetry/wait-slots.ts';

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
    const serviceOf = new Map<string, string>();
    for (const { service, replicas } of services) {
      if (!this.#services.has(service)) continue;
      for (const { id, state } of replicas) if (state === 'ready') serviceOf.set(id, service);
    }
    const readings = new Map<string, WaitReading[]>();
    for (const reading of waits) {
      const service = serviceOf.get(reading.group);
      if (service === undefined || reading.count === 0 || !this.#causes.includes(reading.cause)) continue;
      const own = readings.get(service);
      if (own === undefined) readings.set(service, [reading]);
      else own.push(reading);
    }
    for (const [service, own] of readings) this.#services.get(service)?.add(own);
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
  #p95sMs: number[] = [];
  #all: number[] = [];

  constructor(keepsAll: boolean) {
    this.#keepsAll = keepsAll;
  }

  /** A sample in which some replica has no histogram says nothing about the service. */
  add(readings: readonly WaitReading[]): void {
    const histograms = readings.map(({ slots }) => slots).filter((slots) => slots !== null);
    if (histograms.length < readings.length) return;
    const slots = sumOf(histograms);
    const p95 = waitQuantile(slots, 0.95);
    if (p95 === null) return;
    this.#p95sMs.push(p95.value * 1000);
    if (this.#keepsAll) this.#all = sumOf([...(this.#all.length === 0 ? [] : [this.#all]), slots]).slice();
  }

  take(): { readonly p95sMs: readonly number[]; readonly allMs: number | null } {
    const p95sMs = this.#p95sMs;
    const all = this.#all.length === 0 ? null : waitQuantile(this.#all, 0.95);
    this.#p95sMs = [];
    this.#all = [];
    return { p95sMs, allMs: all === null ? null : all.value * 1000 };
  }
}

function sumOf(histograms: readonly (readonly number[])[]): readonly number[] {
  const [first, ...others] = histograms;
  if (first !== undefined && others.length === 0) return first;
  const sum = new Array<number>(slotCount).fill(0);
  for (const slots of histograms)
    for (let slot = 0; slot < slotCount; slot++) sum[slot] = (sum[slot] ?? 0) + (slots[slot] ?? 0);
  return sum;
}
