import type { ReplicaReading, ServiceReading } from '../../telemetry/application-reading.ts';
import type { LoadReading } from '../../telemetry/load-reading.ts';
import type { HostReading, Sample, TracerReading, WaitCause, WaitReading, WaitSource } from '../../telemetry/sample.ts';
import { waitQuantile } from '../../telemetry/wait-quantile.ts';
import { inOrder } from './wire-fields.ts';

/** A sample as programs see it: the same, but for the waits, which stand with their replica, and with quantiles. A missing value is null. */
export interface WireSample {
  readonly atMs: number;
  readonly intervalMs: number;
  readonly clockOffsetMs: number;
  readonly source: WaitSource;
  readonly services: readonly WireService[] | null;
  readonly load: LoadReading | null;
  readonly host: HostReading | null;
  readonly tracer: TracerReading | null;
  /** Of groups that are no replicas, by group: `canary`, `disturbance`, `all`. */
  readonly otherWaits: Readonly<Record<string, WireWaits>> | null;
}

export interface WireService extends Omit<ServiceReading, 'replicas'> {
  readonly replicas: readonly WireReplica[];
}

export interface WireReplica extends ReplicaReading {
  /** Null if nobody measured waits; empty if no wait of it ended in the sample. */
  readonly waits: WireWaits | null;
}

/** Run-queue waits by their cause. */
export type WireWaits = Partial<Readonly<Record<WaitCause, WireWait>>>;

export interface WireWait {
  /** Waits that ended in the sample, and their exact sum. */
  readonly count: number;
  readonly waitSeconds: number;
  /** Middle of the slot that holds it, at most 6.25 % off from 1 microsecond on; null without a histogram, and if nothing was counted. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Only where histograms are asked for: slot and count of each slot that is not empty; null where the source has none. */
  readonly slots?: readonly (readonly [slot: number, count: number])[] | null;
}

/** @param histograms whether slots are wanted too */
export function sampleOnWire(sample: Sample, histograms: boolean): WireSample {
  const { atMs, intervalMs, clockOffsetMs, source, waits, services, load, host, tracer } = sample;
  const byGroup = waits === null ? null : groupWaits(waits, histograms);
  const wireServices = services?.map((service) => ({
    ...inOrder('service', service),
    replicas: service.replicas.map((replica) => ({
      ...inOrder('replica', replica),
      waits: byGroup && (byGroup.get(replica.id) ?? {}),
    })),
  }));
  for (const { replicas } of services ?? []) for (const { id } of replicas) byGroup?.delete(id);
  return {
    ...{ atMs, intervalMs, clockOffsetMs, source },
    services: wireServices ?? null,
    load: load && loadOnWire(load),
    host: host && inOrder('host', host),
    tracer: tracer && inOrder('tracer', tracer),
    otherWaits: byGroup && Object.fromEntries(byGroup),
  };
}

function loadOnWire(load: LoadReading): LoadReading {
  return {
    total: inOrder('counts', load.total),
    endpoints: load.endpoints.map((endpoint) => inOrder('endpoint', endpoint)),
    ...inOrder('load', load),
  };
}

function groupWaits(waits: readonly WaitReading[], histograms: boolean): Map<string, WireWaits> {
  const byGroup = new Map<string, WireWaits>();
  for (const { group, cause, count, waitSeconds, slots } of waits) {
    const quantiles = { p50Ms: quantileMs(slots, 0.5), p95Ms: quantileMs(slots, 0.95), p99Ms: quantileMs(slots, 0.99) };
    const wait: WireWait = {
      ...{ count, waitSeconds, ...quantiles },
      ...(histograms ? { slots: slots && filledSlots(slots) } : {}),
    };
    byGroup.set(group, { ...byGroup.get(group), [cause]: wait });
  }
  return byGroup;
}

function quantileMs(slots: readonly number[] | null, p: number): number | null {
  const seconds = slots === null ? null : waitQuantile(slots, p);
  // Middles of slots have tenths of nanoseconds at most; a product of fractions has dust.
  return seconds === null ? null : Math.round(seconds.value * 1e10) / 1e7;
}

/** Most of 192 slots are empty. A loop, because a hundred replicas have as many histograms. */
function filledSlots(slots: readonly number[]): (readonly [number, number])[] {
  const filled: (readonly [number, number])[] = [];
  slots.forEach((count, slot) => {
    if (count > 0) filled.push([slot, count]);
  });
  return filled;
}
