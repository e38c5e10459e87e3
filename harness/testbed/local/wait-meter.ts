import type { Clock } from '../../core/clock.ts';
import type { TracerReading, WaitReading, WaitSource } from '../../telemetry/sample.ts';
import { addWaits, difference, type IntervalWaits } from '../../../tracer/client/difference.ts';
import type { Snapshot } from '../../../tracer/client/line.ts';
import {
  procFiles,
  readCgroupWaits,
  readMachineWaits,
  schedstatDifference,
  type SchedstatReading,
} from '../../../tracer/client/schedstat.ts';
import type { RunqTracer } from '../../../tracer/client/tracer.ts';
import type { Cgroup } from './cgroup.ts';

/** What a meter counted since its last reading. */
export interface MeterReading {
  /** Monotonic instant of the reading, in milliseconds from an origin of the meter's own. */
  readonly instantMs: number;
  readonly waits: readonly WaitReading[];
  readonly tracer: TracerReading | null;
}

/** Measures run-queue wait of groups of threads and of the whole machine. The first reading covers nothing: it is the start. */
export interface WaitMeter {
  readonly source: WaitSource;
  read(signal: AbortSignal): Promise<MeterReading>;
  /** Mean kernel time of one program run, or null if it was not measured. */
  kernelNsPerEvent(): number | null;
}

/** Groups by the name that readings carry. */
export type Groups = ReadonlyMap<string, Cgroup>;

export class BpfMeter implements WaitMeter {
  readonly source = 'bpf';
  readonly #tracer: RunqTracer;
  readonly #groups: ReadonlyMap<string, string>;
  #last: Snapshot | null = null;

  constructor(tracer: RunqTracer, groups: Groups) {
    this.#tracer = tracer;
    this.#groups = new Map([...groups].map(([name, cgroup]) => [name, cgroup.id]));
  }

  async read(signal: AbortSignal): Promise<MeterReading> {
    const snapshot = await this.#tracer.snapshot(signal);
    const earlier = this.#last;
    this.#last = snapshot;
    const instantMs = Number(snapshot.monotonicNs) / 1e6;
    if (earlier === null) return { instantMs, waits: [], tracer: null };
    const { groups, tracer } = difference(earlier, snapshot);
    const own = [...this.#groups].flatMap(([name, id]) => {
      const group = groups.find((candidate) => candidate.id === id);
      return causes(name, group ? [group.contention] : [], group ? [group.throttled] : []);
    });
    const all = causes(
      'all',
      groups.map(({ contention }) => contention),
      groups.map(({ throttled }) => throttled),
    );
    return {
      instantMs,
      waits: [...own, ...all],
      tracer: {
        helperCpuSeconds: tracer.userCpuSeconds + tracer.systemCpuSeconds,
        residentBytes: tracer.residentBytes,
        switches: tracer.switches,
        wakeups: tracer.wakeups,
        lost: tracer.lostStorage + tracer.lostGroups + tracer.recursionMisses,
        negative: tracer.negative,
        unknown: tracer.unknown,
      },
    };
  }

  kernelNsPerEvent(): number | null {
    if (this.#last === null || this.#last.kernelRuns === 0) return null;
    return Number(this.#last.kernelRunNs) / this.#last.kernelRuns;
  }
}

function causes(
  group: string,
  contention: readonly IntervalWaits[],
  throttled: readonly IntervalWaits[],
): readonly WaitReading[] {
  return [
    { group, cause: 'contention', ...addWaits(contention) },
    { group, cause: 'throttled', ...addWaits(throttled) },
  ];
}

export class SchedstatMeter implements WaitMeter {
  readonly source = 'schedstat';
  readonly #groups: Groups;
  readonly #clock: Clock;
  #last: ReadonlyMap<string, SchedstatReading> | null = null;

  constructor(groups: Groups, clock: Clock) {
    this.#groups = groups;
    this.#clock = clock;
  }

  read(): Promise<MeterReading> {
    const instantMs = this.#clock.nowMs();
    const readings = new Map<string, SchedstatReading>();
    for (const [name, cgroup] of this.#groups) {
      readings.set(name, readCgroupWaits(cgroup.path, procFiles) ?? new Map());
    }
    readings.set('all', readMachineWaits(procFiles) ?? new Map());
    const earlier = this.#last;
    this.#last = readings;
    if (earlier === null) return Promise.resolve({ instantMs, waits: [], tracer: null });
    const waits = [...readings].map(([group, reading]): WaitReading => {
      const { count, waitSeconds } = schedstatDifference(earlier.get(group) ?? new Map(), reading);
      return { group, cause: 'any', count, waitSeconds, slots: null };
    });
    return Promise.resolve({ instantMs, waits, tracer: null });
  }

  kernelNsPerEvent(): null {
    return null;
  }
}
