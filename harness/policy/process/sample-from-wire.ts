import { waitCauses, type Sample, type WaitReading } from '../../telemetry/sample.ts';
import { slotCount } from '../../telemetry/wait-slots.ts';
import type { WireReplica, WireSample, WireWaits } from './sample-on-wire.ts';

/** The sample that was sent with its histograms. Its waits come by replica, in the order of services; other groups are last. */
export function sampleFromWire({ services, otherWaits, ...rest }: WireSample): Sample {
  const replicas = services?.flatMap((service) => service.replicas) ?? [];
  const waits: WaitReading[] = [
    ...replicas.flatMap(({ id, waits: own }) => readingsOf(id, own ?? {})),
    ...Object.entries(otherWaits ?? {}).flatMap(([group, own]) => readingsOf(group, own)),
  ];
  return {
    ...rest,
    waits: otherWaits === null ? null : waits,
    services: services?.map((service) => ({ ...service, replicas: service.replicas.map(withoutWaits) })) ?? null,
  };
}

function withoutWaits({ waits, ...replica }: WireReplica): Omit<WireReplica, 'waits'> {
  return replica;
}

function readingsOf(group: string, waits: WireWaits): WaitReading[] {
  return waitCauses.flatMap((cause) => {
    const wait = waits[cause];
    if (wait === undefined) return [];
    return [{ group, cause, count: wait.count, waitSeconds: wait.waitSeconds, slots: allSlots(wait.slots ?? null) }];
  });
}

function allSlots(filled: readonly (readonly [slot: number, count: number])[] | null): number[] | null {
  if (filled === null) return null;
  const slots = new Array<number>(slotCount).fill(0);
  for (const [slot, count] of filled) slots[slot] = count;
  return slots;
}
