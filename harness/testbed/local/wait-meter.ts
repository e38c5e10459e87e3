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

/** What a meter counted since its last reading. */
export interface MeterReading {
  /** Instant of the reading, on the clock of the harness (`Clock.nowMs`). */
  readonly instantMs: number;
  readonly waits: readonly WaitReading[];
  readonly tracer: TracerReading | null;
}

/** Measures run-queue wait of groups of threads and of the whole machine. The first reading covers nothing: it is the start. */
export interface WaitMeter {
  readonly source: WaitSource;
  /** From the next reading on, the waits of this cgroup are told apart. */
  watch(group: string, cgroup: MeteredCgroup): void;
  /** No longer; its waits stay in those of the whole machine. */
  forget(group: string): void;
  read(signal: AbortSignal): Promise<MeterReading>;
  /** Mean kernel time of one program run, or null if it was not measured. */
  kernelNsPerEvent(): number | null;
}

/** The cgroup in the hierarchy of the cpu controller. */
export interface MeteredCgroup {
  readonly path: string;
  /** What the tracer calls it: the inode of its directory. */
  readonly id: string;
}

export class BpfMeter implements WaitMeter {
  readonly source = 'bpf';
  readonly #tracer: RunqTracer;
  readonly #kernelAheadMs: number;
  /** Ids by the name that readings carry. */
  readonly #groups = new Map<string, string>();
  #last: Snapshot | null = null;

  /** @param kernelAheadMs the kernel's monotonic clock minus that of the harness */
  constructor(tracer: RunqTracer, kernelAheadMs: number) {
    this.#tracer = tracer;
    this.#kernelAheadMs = kernelAheadMs;
  }

  watch(group: string, { id }: MeteredCgroup): void {
    this.#groups.set(group, id);
  }

  forget(group: string): void {
    this.#groups.delete(group);
  }

  async read(signal: AbortSignal): Promise<MeterReading> {
    const snapshot = await this.#tracer.snapshot(signal);
    const earlier = this.#last;
    this.#last = snapshot;
    const instantMs = Number(snapshot.monotonicNs) / 1e6 - this.#kernelAheadMs;
    if (earlier === null) return { instantMs, waits: [], tracer: null };
    const { groups, tracer } = difference(earlier, snapshot);
    const byId = new Map(groups.map((group) => [group.id, group]));
    const own = [...this.#groups].flatMap(([name, id]) => {
      const group = byId.get(id);
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
  readonly #paths = new Map<string, string>();
  readonly #clock: Clock;
  #last: ReadonlyMap<string, SchedstatReading> | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(group: string, { path }: MeteredCgroup): void {
    this.#paths.set(group, path);
  }

  forget(group: string): void {
    this.#paths.delete(group);
  }

  read(): Promise<MeterReading> {
    const instantMs = this.#clock.nowMs();
    const readings = new Map<string, SchedstatReading>();
    for (const [name, path] of this.#paths) {
      readings.set(name, readCgroupWaits(path, procFiles) ?? new Map());
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

/** Measures nothing: a trial without a tracer, from which another learns what the tracer costs. */
export class NoMeter implements WaitMeter {
  readonly source = 'none';
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  watch(): void {
    // There is nothing to tell apart.
  }

  forget(): void {
    // Nor to forget.
  }

  read(): Promise<MeterReading> {
    return Promise.resolve({ instantMs: this.#clock.nowMs(), waits: [], tracer: null });
  }

  kernelNsPerEvent(): null {
    return null;
  }
}
