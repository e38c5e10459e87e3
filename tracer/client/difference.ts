import { slotCount } from '../../harness/telemetry/wait-slots.ts';
import type { GroupCounters, Snapshot, WaitCounter } from './line.ts';

/** The waits of one cgroup and one cause that ended in an interval. */
export interface IntervalWaits {
  readonly count: number;
  /** Their exact sum, not reconstructed from slots. */
  readonly waitSeconds: number;
  /** Count by slot, 192 long. */
  readonly slots: readonly number[];
}

export interface GroupInterval {
  readonly id: string;
  readonly contention: IntervalWaits;
  readonly throttled: IntervalWaits;
}

/** What the tracer counted, and what it cost and lost, in an interval. */
export interface TracerInterval {
  readonly switches: number;
  readonly wakeups: number;
  readonly unknown: number;
  readonly negative: number;
  readonly lostStorage: number;
  readonly lostGroups: number;
  readonly userCpuSeconds: number;
  readonly systemCpuSeconds: number;
  /** At the end of the interval. */
  readonly residentBytes: number;
  readonly kernelRuns: number;
  readonly kernelRunSeconds: number;
  readonly recursionMisses: number;
}

/** What happened between two snapshots. */
export interface SnapshotInterval {
  readonly lengthSeconds: number;
  /** Every cgroup that the later snapshot names, also those without a wait in between. */
  readonly groups: readonly GroupInterval[];
  readonly tracer: TracerInterval;
}

export const noWaits: IntervalWaits = { count: 0, waitSeconds: 0, slots: new Array<number>(slotCount).fill(0) };

const noCounter: WaitCounter = { count: 0, sumNs: 0n, slots: [] };

/**
 * The interval between two snapshots of one helper, the earlier first. Counts are taken modulo 2^32 and sums modulo 2^64, so
 * less than 2^32 waits may lie between the two. A cgroup that the earlier one does not name counts from 0.
 */
export function difference(earlier: Snapshot, later: Snapshot): SnapshotInterval {
  if (later.seq <= earlier.seq) {
    throw new RangeError(`snapshot ${later.seq} does not follow snapshot ${earlier.seq}`);
  }
  const before = new Map(earlier.groups.map((group) => [group.id, group]));
  return {
    lengthSeconds: seconds(later.monotonicNs - earlier.monotonicNs),
    groups: later.groups.map((group) => groupDifference(before.get(group.id), group)),
    tracer: {
      switches: later.switches - earlier.switches,
      wakeups: later.wakeups - earlier.wakeups,
      unknown: later.unknown - earlier.unknown,
      negative: later.negative - earlier.negative,
      lostStorage: later.lostStorage - earlier.lostStorage,
      lostGroups: later.lostGroups - earlier.lostGroups,
      userCpuSeconds: (later.userMicros - earlier.userMicros) / 1e6,
      systemCpuSeconds: (later.systemMicros - earlier.systemMicros) / 1e6,
      residentBytes: later.residentBytes,
      kernelRuns: later.kernelRuns - earlier.kernelRuns,
      kernelRunSeconds: seconds(later.kernelRunNs - earlier.kernelRunNs),
      recursionMisses: later.recursionMisses - earlier.recursionMisses,
    },
  };
}

function groupDifference(earlier: GroupCounters | undefined, later: GroupCounters): GroupInterval {
  return {
    id: later.id,
    contention: counterDifference(earlier?.contention ?? noCounter, later.contention),
    throttled: counterDifference(earlier?.throttled ?? noCounter, later.throttled),
  };
}

function counterDifference(earlier: WaitCounter, later: WaitCounter): IntervalWaits {
  const count = (later.count - earlier.count) >>> 0;
  const sumNs = BigInt.asUintN(64, later.sumNs - earlier.sumNs);
  // Most cgroups sleep through most intervals; they share one array of zeros.
  if (count === 0 && sumNs === 0n && isEqual(earlier.slots, later.slots)) return noWaits;
  const slots = new Array<number>(slotCount).fill(0);
  for (const [slot, cumulative] of later.slots) slots[slot] = cumulative;
  for (const [slot, cumulative] of earlier.slots) slots[slot] = ((slots[slot] ?? 0) - cumulative) >>> 0;
  return { count, waitSeconds: seconds(sumNs), slots };
}

function isEqual(a: WaitCounter['slots'], b: WaitCounter['slots']): boolean {
  return a.length === b.length && a.every(([slot, count], index) => slot === b[index]?.[0] && count === b[index][1]);
}

/** The waits of several groups or causes together. */
export function addWaits(parts: readonly IntervalWaits[]): IntervalWaits {
  const slots = new Array<number>(slotCount).fill(0);
  let count = 0;
  let waitSeconds = 0;
  for (const part of parts) {
    count += part.count;
    waitSeconds += part.waitSeconds;
    part.slots.forEach((value, slot) => (slots[slot] = (slots[slot] ?? 0) + value));
  }
  return { count, waitSeconds, slots };
}

// Nanoseconds convert exactly up to 2^53, which is 104 days of waiting in one interval.
function seconds(ns: bigint): number {
  return Number(ns) / 1e9;
}
