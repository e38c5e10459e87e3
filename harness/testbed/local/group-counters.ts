import { join } from 'node:path';
import { CounterFile, numberOf } from './counter-file.ts';
import type { Place, ResourceGroup } from './resource-group.ts';

/** What the kernel counted for a group since it was made. Null where it does not say. */
export interface GroupUsage {
  readonly cpuSeconds: number | null;
  /** Periods of the CPU quota in which it had work, those in which it was throttled, and for how long. */
  readonly quotaPeriods: number | null;
  readonly throttledPeriods: number | null;
  readonly throttledSeconds: number | null;
  /** Now. */
  readonly memoryBytes: number | null;
  /** Processes of it that the kernel killed for want of memory. */
  readonly oomKills: number | null;
  /** How often it ran into its own memory limit: without that, such a kill is the whole machine's. */
  readonly limitHits: number | null;
  /** In which some task of it waited for a CPU. */
  readonly cpuPressureSeconds: number | null;
}

/** The kernel kills nobody for want of more than 8 pages at once. */
const largestChargeBytes = 8 * 4096;

/** Reads the counters of one group, each file once. Dispose of it with the group. */
export class GroupCounters implements Disposable {
  readonly #isUnified: boolean;
  readonly #cpu: CounterFile;
  /** Where the cpu controller does not count it. */
  readonly #cpuTime: CounterFile;
  readonly #memory: CounterFile;
  readonly #memoryEvents: CounterFile;
  /** Three of v1; on v2 they are among the events. */
  readonly #limitHits: CounterFile;
  readonly #peak: CounterFile;
  readonly #limit: CounterFile;
  readonly #pressure: CounterFile;

  constructor(group: ResourceGroup) {
    const [cpu, memory] = [group.placeOf('cpu'), group.placeOf('memory')];
    this.#isUnified = cpu?.version === 2;
    this.#cpu = fileOf(cpu, 'cpu.stat', 'cpu.stat');
    this.#cpuTime = fileOf(group.placeOf('cpuacct'), 'cpuacct.usage', null);
    this.#memory = fileOf(memory, 'memory.usage_in_bytes', 'memory.current');
    this.#memoryEvents = fileOf(memory, 'memory.oom_control', 'memory.events');
    this.#limitHits = fileOf(memory, 'memory.failcnt', null);
    this.#peak = fileOf(memory, 'memory.max_usage_in_bytes', null);
    this.#limit = fileOf(memory, 'memory.limit_in_bytes', null);
    this.#pressure = fileOf(group.unified, null, 'cpu.pressure');
  }

  read(): GroupUsage {
    const cpu = this.#cpu.read();
    const memoryEvents = this.#memoryEvents.read();
    return {
      cpuSeconds: this.#isUnified ? scaled(numberOf(cpu, 'usage_usec'), 1e6) : scaled(plain(this.#cpuTime.read()), 1e9),
      quotaPeriods: numberOf(cpu, 'nr_periods'),
      throttledPeriods: numberOf(cpu, 'nr_throttled'),
      throttledSeconds: this.#isUnified
        ? scaled(numberOf(cpu, 'throttled_usec'), 1e6)
        : scaled(numberOf(cpu, 'throttled_time'), 1e9),
      memoryBytes: plain(this.#memory.read()),
      oomKills: numberOf(memoryEvents, 'oom_kill'),
      limitHits: this.#readLimitHits(memoryEvents),
      cpuPressureSeconds: scaled(pressureMicros(this.#pressure.read()), 1e6),
    };
  }

  #readLimitHits(memoryEvents: string | null): number | null {
    return sum([
      plain(this.#limitHits.read()),
      this.#readPeakHit(),
      numberOf(memoryEvents, 'max'),
      numberOf(memoryEvents, 'oom'),
    ]);
  }

  /** Where the limit holds with swap too, v1 runs into that first, and counts nothing: its highest use tells. */
  #readPeakHit(): number | null {
    const [peak, limit] = [plain(this.#peak.read()), plain(this.#limit.read())];
    return peak === null || limit === null ? null : Number(peak >= limit - largestChargeBytes);
  }

  [Symbol.dispose](): void {
    const memory = [this.#memory, this.#memoryEvents, this.#limitHits, this.#peak, this.#limit];
    for (const file of [this.#cpu, this.#cpuTime, ...memory, this.#pressure]) file[Symbol.dispose]();
  }
}

function fileOf(place: Place | null, onV1: string | null, onV2: string | null): CounterFile {
  const name = place?.version === 2 ? onV2 : onV1;
  return new CounterFile(place === null || name === null ? null : join(place.cgroup.path, name));
}

function scaled(value: number | null, perSecond: number): number | null {
  return value === null ? null : value / perSecond;
}

/** Of what is known; null if nothing is. */
function sum(values: readonly (number | null)[]): number | null {
  return values.reduce((total, value) => (value === null ? total : (total ?? 0) + value), null);
}

function plain(text: string | null): number | null {
  const value = Number.parseInt(text ?? '', 10);
  return Number.isNaN(value) ? null : value;
}

/** `some avg10=0.00 avg60=0.00 avg300=0.00 total=4711`. */
function pressureMicros(text: string | null): number | null {
  const total = /^some .*total=(\d+)/.exec(text ?? '')?.[1];
  return total === undefined ? null : Number(total);
}
