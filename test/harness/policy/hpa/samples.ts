import type { HpaOptions } from '../../../../harness/policy/hpa/options.ts';
import { hpaOptions } from '../../../../harness/policy/hpa/options.ts';
import { hpaKind } from '../../../../harness/policy/hpa/hpa.ts';
import type { Policy, PolicyContext, Window } from '../../../../harness/policy/port.ts';
import type { Action, Decision } from '../../../../harness/telemetry/action.ts';
import type { ReplicaReading, ServiceReading } from '../../../../harness/telemetry/application-reading.ts';
import type { Sample, WaitReading } from '../../../../harness/telemetry/sample.ts';
import { slotCount } from '../../../../harness/telemetry/wait-slots.ts';
import { replicaOf, serviceOf } from '../../../rig/replica-reading.ts';
import { policyContext } from '../policy-context.ts';

export const optionsOf = (written: object): HpaOptions => hpaOptions.parse(written);

export const hpaOf = (written: object = {}, context: Partial<PolicyContext> = {}): Policy =>
  hpaKind.create(optionsOf(written), policyContext(context));

export function sampleOf(
  atMs: number,
  services: readonly ServiceReading[] | null,
  changes: Partial<Sample> = {},
): Sample {
  return {
    ...{ atMs, intervalMs: 1000, clockOffsetMs: 0, source: 'bpf', waits: [], host: null, tracer: null, load: null },
    services,
    ...changes,
  };
}

/** A ready replica that requests a core and used so much of it in a second. */
export const busy = (id: string, cpuSeconds: number | null, changes: Partial<ReplicaReading> = {}): ReplicaReading =>
  replicaOf(id, { cpuSeconds, cpuRequestCores: 1, ...changes });

/** 15 samples of a second with the same readings, the last at `nowMs`. */
export function windowOf(
  nowMs: number,
  replicas: readonly ReplicaReading[],
  changes: Partial<Sample> = {},
  settled: readonly Action[] = [],
): Window {
  const services = [serviceOf('one', ...replicas)];
  const samples = Array.from({ length: 15 }, (_, index) => sampleOf(nowMs - 14_000 + index * 1000, services, changes));
  return { nowMs, samples, pending: [], settled };
}

/** `count` waits in one slot. */
export function waitsOf(group: string, slot: number, count: number, changes: Partial<WaitReading> = {}): WaitReading {
  const slots = new Array<number>(slotCount).fill(0);
  slots[slot] = count;
  return { group, cause: 'contention', count, waitSeconds: count / 1000, slots, ...changes };
}

export function replicasOf(decisions: readonly Decision[]): readonly number[] {
  return decisions.map((decision) => (decision.kind === 'replicas' ? decision.replicas : NaN));
}
