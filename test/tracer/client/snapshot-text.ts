import type { GroupCounters, Snapshot, WaitCounter } from '../../../tracer/client/line.ts';

export const hello = {
  type: 'hello',
  version: 1,
  kernel: '6.18.44',
  cpus: 2,
  intervalMs: 1000,
  groups: 512,
  causeRule: 'throttled',
  prevState: 'argument',
  capabilities: 'none',
  pid: 123,
} as const;

const empty: Snapshot = {
  type: 'snapshot',
  seq: 0,
  reason: 'interval',
  monotonicNs: 0n,
  groups: [],
  switches: 0,
  wakeups: 0,
  unknown: 0,
  negative: 0,
  lostStorage: 0,
  lostGroups: 0,
  userMicros: 0,
  systemMicros: 0,
  residentBytes: 0,
  kernelRuns: 0,
  kernelRunNs: 0n,
  recursionMisses: 0,
};

export function snapshotOf(fields: Partial<Snapshot> = {}): Snapshot {
  return { ...empty, ...fields };
}

export function counterOf(fields: Partial<WaitCounter> = {}): WaitCounter {
  return { count: 0, sumNs: 0n, slots: [], ...fields };
}

export function groupOf(fields: Partial<GroupCounters> = {}): GroupCounters {
  return { id: '45', contention: counterOf(), throttled: counterOf(), ...fields };
}

/** The line that the helper would print: 64-bit sums are text. */
export function toLine(message: object): string {
  return JSON.stringify(message, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value));
}
