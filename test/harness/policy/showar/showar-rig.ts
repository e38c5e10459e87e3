import type { Policy, PolicyContext, PolicyService } from '../../../../harness/policy/port.ts';
import { showarKind } from '../../../../harness/policy/showar/showar.ts';
import type { Action, Decision } from '../../../../harness/telemetry/action.ts';
import type { ReplicaReading } from '../../../../harness/telemetry/application-reading.ts';
import type { Sample, WaitCause, WaitReading } from '../../../../harness/telemetry/sample.ts';
import { waitQuantile } from '../../../../harness/telemetry/wait-quantile.ts';
import { slotCount, slotOf } from '../../../../harness/telemetry/wait-slots.ts';
import { replicaOf, serviceOf } from '../../../rig/replica-reading.ts';
import { policyContext } from '../policy-context.ts';

/** What one service did in every second of a step. */
export interface Doing {
  /** As the allocation asks; 1 if it is not told. */
  readonly wanted?: number;
  /** Of each replica. */
  readonly cores?: number | readonly number[];
  readonly bytes?: number | readonly number[];
  /** The wait of all its threads; none ended if it is not told. */
  readonly waitMs?: number | readonly number[] | undefined;
  readonly oomKills?: number;
  readonly state?: ReplicaReading['state'];
}

export const mebibytes = (count: number): number => count * 1024 ** 2;

/** Services that call each other as told, front first, each with one replica of 1 core and 64 MiB. */
export function chainContext(
  calls: Readonly<Record<string, readonly string[]>>,
  changes: Partial<PolicyContext> = {},
): PolicyContext {
  const names = Object.keys(calls);
  const service = (name: string): PolicyService => ({
    ...{ name, role: 'service', isScalable: true, calls: calls[name] ?? [], startUpMs: 1000 },
  });
  const given = { replicas: 1, cpuLimitCores: 1, cpuRequestCores: 1, memoryLimitBytes: mebibytes(64) };
  const bounds = {
    ...{ replicas: { least: 1, most: 30 }, cpuCores: { least: 0.05, most: 2 } },
    memoryBytes: { least: mebibytes(4), most: mebibytes(1024) },
  };
  return policyContext({
    services: names.map(service),
    allocation: Object.fromEntries(names.map((name) => [name, given])),
    bounds: Object.fromEntries(names.map((name) => [name, bounds])),
    ...changes,
  });
}

/** One second, or another sample interval, of some services. */
export function sampleOf(atMs: number, intervalMs: number, doings: Readonly<Record<string, Doing>>): Sample {
  const services = Object.entries(doings).map(([name, doing]) => readingOf(name, doing, intervalMs));
  return {
    ...{ atMs, intervalMs, clockOffsetMs: 0, source: 'bpf', host: null, tracer: null, load: null },
    waits: Object.entries(doings).flatMap(([name, { waitMs }]) =>
      waitMs === undefined ? [] : [waitOf(`${name}-1`, [waitMs].flat())],
    ),
    services,
  };
}

function readingOf(name: string, doing: Doing, intervalMs: number) {
  const cores = [doing.cores ?? 0.5].flat();
  const bytes = [doing.bytes ?? mebibytes(32)].flat();
  const replicas = Array.from({ length: Math.max(cores.length, bytes.length) }, (_, index) =>
    replicaOf(`${name}-${index + 1}`, {
      state: doing.state ?? 'ready',
      cpuSeconds: ((cores[index] ?? cores[0] ?? 0) * intervalMs) / 1000,
      memoryBytes: bytes[index] ?? bytes[0] ?? 0,
      oomKills: index === 0 ? (doing.oomKills ?? 0) : 0,
    }),
  );
  return { ...serviceOf(name, ...replicas), wanted: doing.wanted ?? 1 };
}

/** A histogram of these waits. */
export function waitOf(group: string, waitsMs: readonly number[], cause: WaitCause = 'contention'): WaitReading {
  const slots = new Array<number>(slotCount).fill(0);
  for (const ms of waitsMs) {
    const slot = slotOf(ms * 1e6);
    slots[slot] = (slots[slot] ?? 0) + 1;
  }
  return { group, cause, count: waitsMs.length, waitSeconds: waitsMs.reduce((sum, ms) => sum + ms / 1000, 0), slots };
}

/** What becomes of a wait on its way through a histogram: the middle of its slot. */
export function seenMs(ms: number): number {
  return Number(((waitQuantile(waitOf('x', [ms]).slots ?? [], 0.95)?.value ?? NaN) * 1000).toPrecision(12));
}

/** A policy, and the time that it lives in. */
export class Run {
  readonly #policy: Policy;
  readonly #sampleMs: number;
  #nowMs = 0;

  constructor(options: object, context: PolicyContext) {
    this.#policy = showarKind.create(showarKind.options.parse(options), context);
    this.#sampleMs = context.sampleMs;
  }

  /** One step, in all samples of which the services do the same, or what they are told to do in each. */
  step(
    doings: Readonly<Record<string, Doing>> | ((second: number) => Readonly<Record<string, Doing>>),
    settled: readonly Action[] = [],
  ): readonly Decision[] {
    return this.#step(
      (atMs, index) => sampleOf(atMs, this.#sampleMs, typeof doings === 'function' ? doings(index) : doings),
      settled,
    );
  }

  /** One step, in all samples of which the same waits ended. */
  stepWith(doings: Readonly<Record<string, Doing>>, waits: readonly WaitReading[]): readonly Decision[] {
    return this.#step((atMs) => ({ ...sampleOf(atMs, this.#sampleMs, doings), waits }), []);
  }

  #step(sampleAt: (atMs: number, index: number) => Sample, settled: readonly Action[]): readonly Decision[] {
    const count = Math.round(this.#policy.intervalMs / this.#sampleMs);
    const samples = Array.from({ length: count }, (_, index) =>
      sampleAt(this.#nowMs + (index + 1) * this.#sampleMs, index),
    );
    this.#nowMs += count * this.#sampleMs;
    return this.#policy.step({ nowMs: this.#nowMs, samples, pending: [], settled });
  }
}

/** What a decision asks for, without its reason. */
export function asked(decision: Decision): string {
  const { service } = decision;
  switch (decision.kind) {
    case 'replicas':
      return `${service} replicas ${decision.replicas}`;
    case 'cpu':
      return `${service} cpu ${round(decision.limitCores)}/${decision.requestCores === undefined ? '-' : round(decision.requestCores)}`;
    case 'memory':
      return `${service} memory ${round(decision.limitBytes / 1024 ** 2)} MiB`;
    case 'placement':
      return `${service} ${decision.rule} ${decision.with}`;
  }
}

const round = (value: number): number => Number(value.toPrecision(6));

export function refusalOf(decision: Decision): Action {
  return {
    ...{ id: 1, by: 'policy', decision, state: 'refused', wantedAtMs: 0 },
    ...{ acceptedAtMs: null, effectiveAtMs: null, note: 'no' },
  };
}
