import { slotCount } from '../../harness/telemetry/wait-slots.ts';
import type { TwinCounters } from './twin.ts';

/** A line of the control socket; null if it is none. */
export function parseCounters(line: string): TwinCounters | null {
  const fields = parseFields(line);
  const counters = {
    monotonicSeconds: fields['monotonicSeconds'],
    requests: fields['requests'],
    errors: fields['errors'],
    inFlight: fields['inFlight'],
    openConnections: fields['openConnections'],
    busyConnections: fields['busyConnections'],
    queuedForConnection: fields['queuedForConnection'],
    cpuSeconds: fields['cpuSeconds'],
    spansDropped: fields['spansDropped'],
  };
  const first = fields['firstServedMonotonicSeconds'];
  const latencySlots = parseSlots(fields['latencySlots']);
  if (!hasNumbers(counters) || (first !== null && !isNumber(first)) || latencySlots === null) return null;
  return { ...counters, firstServedMonotonicSeconds: first, latencySlots };
}

function parseFields(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    // An object's fields are names with unknown values.
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

const isNumber = (value: unknown): value is number => Number.isFinite(value) && Number(value) >= 0;

function hasNumbers<Names extends string>(
  values: Readonly<Record<Names, unknown>>,
): values is Readonly<Record<Names, number>> {
  return Object.values(values).every(isNumber);
}

/** Pairs of a slot and its count, those of zero left out. */
function parseSlots(pairs: unknown): readonly number[] | null {
  if (!Array.isArray(pairs)) return null;
  const slots = new Array<number>(slotCount).fill(0);
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return null;
    // Elements of an array that came from outside.
    const [slot, count] = pair as readonly unknown[];
    if (!Number.isSafeInteger(slot) || !isNumber(slot) || slot >= slotCount || !isNumber(count)) return null;
    slots[slot] = count;
  }
  return slots;
}
