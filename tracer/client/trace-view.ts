import { formatNumber, formatSeconds, formatShare } from '../../harness/core/units.ts';
import { waitQuantile } from '../../harness/telemetry/wait-quantile.ts';
import { log2SlotCount, log2View } from '../../harness/telemetry/wait-slots.ts';
import { hostLabel } from './cgroup-names.ts';
import type { CgroupName } from './cgroup-names.ts';
import { addWaits } from './difference.ts';
import type { GroupInterval, IntervalWaits, SnapshotInterval, TracerInterval } from './difference.ts';
import type { LineFaults } from './tracer.ts';

/** One interval as `scalelab trace` shows it. */
export interface TraceInterval {
  readonly interval: SnapshotInterval;
  /** Names of the cgroups in it, by id. */
  readonly names: ReadonlyMap<string, CgroupName>;
  /** Lines of the helper that did not arrive whole in this interval. */
  readonly faults: LineFaults;
}

export interface TraceViewOptions {
  /** Columns of the terminal. */
  readonly width: number;
  /** Cgroups to show, those with the longest total wait first. */
  readonly top: number;
}

/** The waits of one cgroup under the name that is shown. */
interface ShownGroup {
  readonly label: string;
  readonly all: IntervalWaits;
  readonly throttled: IntervalWaits;
}

/** A histogram for each cgroup with waits, then what the tracer cost and lost. Lines end with a newline. */
export function renderTrace(trace: TraceInterval, options: TraceViewOptions): string {
  const groups = shownGroups(trace);
  const hidden = groups.slice(options.top);
  const blocks = groups.slice(0, options.top).map((group) => renderGroup(group, options.width));
  if (groups.length === 0) blocks.push(['No thread waited.']);
  if (hidden.length > 0) blocks.push([renderHidden(hidden)]);
  blocks.push(['tracer', ...renderTracer(trace, options.width)]);
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Those with waits, the longest total wait first. Everything that is the machine's own is one group. */
function shownGroups({ interval, names }: TraceInterval): ShownGroup[] {
  const byLabel = new Map<string, GroupInterval[]>();
  for (const group of interval.groups) {
    if (group.contention.count + group.throttled.count === 0) continue;
    const label = labelOf(group.id, names);
    byLabel.set(label, [...(byLabel.get(label) ?? []), group]);
  }
  const groups = [...byLabel].map(([label, parts]) => ({
    label,
    all: addWaits(parts.flatMap((part) => [part.contention, part.throttled])),
    throttled: addWaits(parts.map((part) => part.throttled)),
  }));
  return groups.sort((a, b) => b.all.waitSeconds - a.all.waitSeconds || (a.label < b.label ? -1 : 1));
}

/** The id tells two cgroups apart that had one path one after the other. */
function labelOf(id: string, names: ReadonlyMap<string, CgroupName>): string {
  const label = names.get(id)?.label ?? `cgroup ${id}`;
  if (label === hostLabel) return label;
  const isShared = [...names.values()].some((other) => other.label === label && other.id !== id);
  return isShared ? `${label} (id ${id})` : label;
}

function renderGroup({ label, all, throttled }: ShownGroup, width: number): string[] {
  const throttledShare = all.waitSeconds > 0 ? throttled.waitSeconds / all.waitSeconds : 0;
  const sums = [
    `waits ${all.count}`,
    `total ${formatSeconds(all.waitSeconds)}, ${formatShare(throttledShare)} of it throttled`,
  ];
  const wait = [
    `mean ${formatSeconds(all.waitSeconds / all.count)}`,
    ...[0.5, 0.95, 0.99].map((p) => `p${p * 100} ${formatQuantile(all.slots, p)}`),
  ];
  return [
    shortenPath(label, width),
    ...wrapParts(sums, width),
    ...wrapParts(wait, width),
    ...renderHistogram(all.slots, throttled.slots, width),
  ];
}

function formatQuantile(slots: readonly number[], p: number): string {
  const quantile = waitQuantile(slots, p);
  if (quantile === null) return '-';
  return quantile.high === Infinity ? `over ${formatSeconds(quantile.low)}` : formatSeconds(quantile.value);
}

/** As `runqlat` draws it, without the empty rows at both ends; `#` is the part of a bar that was throttling. */
function renderHistogram(slots: readonly number[], throttledSlots: readonly number[], width: number): string[] {
  const counts = log2View(slots);
  const throttled = log2View(throttledSlots);
  const used = counts.flatMap((count, slot) => (count > 0 ? [slot] : []));
  const [first, last] = [used[0] ?? 0, used.at(-1) ?? -1];
  const barWidth = Math.max(10, Math.min(60, width - 38));
  const largest = Math.max(...counts);
  const legend = throttled.some((count) => count > 0) ? ' (# throttled)' : '';
  const rows = [`     usecs               : count    distribution${legend}`];
  for (let slot = first; slot <= last; slot++) {
    const count = counts[slot] ?? 0;
    // Whatever occurred is seen.
    const length = count === 0 ? 0 : Math.max(1, Math.round((count / largest) * barWidth));
    const throttledLength = Math.round((length * (throttled[slot] ?? 0)) / Math.max(1, count));
    const bar = '*'.repeat(length - throttledLength) + '#'.repeat(throttledLength);
    const upper = slot === log2SlotCount - 1 ? '...' : String(2 ** (slot + 1) - 1);
    const lower = String(slot === 0 ? 0 : 2 ** slot);
    rows.push(`${lower.padStart(10)} -> ${upper.padEnd(10)} : ${String(count).padEnd(8)} |${bar.padEnd(barWidth)}|`);
  }
  return rows;
}

function renderHidden(groups: readonly ShownGroup[]): string {
  const { count, waitSeconds } = addWaits(groups.map((group) => group.all));
  const which = groups.length === 1 ? '1 more cgroup' : `${groups.length} more cgroups`;
  return `${which} with ${count} waits, ${formatSeconds(waitSeconds)} in total.`;
}

function renderTracer({ interval: { lengthSeconds, tracer }, faults }: TraceInterval, width: number): string[] {
  const cost = [
    `user CPU ${formatShare(tracer.userCpuSeconds / lengthSeconds)}`,
    `system CPU ${formatShare(tracer.systemCpuSeconds / lengthSeconds)}`,
    `memory ${formatNumber(tracer.residentBytes / 1e6)} MB`,
    ...(tracer.kernelRuns > 0
      ? [`kernel ${formatSeconds(tracer.kernelRunSeconds / tracer.kernelRuns)} per event`]
      : []),
  ];
  const seen = [`switches ${tracer.switches}`, `wake-ups ${tracer.wakeups}`, ...lossParts(tracer, faults)];
  return [...wrapParts(cost, width), ...wrapParts(seen, width)];
}

/** Each reason that occurred. A switch-in without a stamp is of a thread that waited already when the tracer began: known, but not lost. */
function lossParts(tracer: TracerInterval, faults: LineFaults): string[] {
  const losses: readonly (readonly [name: string, count: number])[] = [
    ['lost for want of memory', tracer.lostStorage],
    ['lost for want of room for the cgroup', tracer.lostGroups],
    ['refused runs', tracer.recursionMisses],
    ['dropped as negative', tracer.negative],
    ['broken lines', faults.broken],
    ['missed lines', faults.missed],
  ];
  const occurred = losses.filter(([, count]) => count > 0).map(([name, count]) => `${name} ${count}`);
  const unknown = tracer.unknown > 0 ? [`without a stamp ${tracer.unknown}`] : [];
  return [...(occurred.length === 0 ? ['lost 0'] : occurred), ...unknown];
}

/** Joins parts with three blanks, on as many lines as they need, each line indented by two. */
function wrapParts(parts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const part of parts) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 3 + part.length <= width) lines[lines.length - 1] = `${line}   ${part}`;
    else lines.push(`  ${part}`);
  }
  return lines;
}

/** The end of a path says more than its beginning. */
function shortenPath(path: string, width: number): string {
  return path.length <= width ? path : `…${path.slice(path.length - width + 1)}`;
}
