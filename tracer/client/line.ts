import { slotCount } from '../../harness/telemetry/wait-slots.ts';

/** The protocol between helper and client. The helper says its version first; both come from one checkout. */
export const protocolVersion = 1;

/** The first line of a helper that has attached. */
export interface Hello {
  readonly type: 'hello';
  readonly version: number;
  /** Release of the running kernel, as `uname -r` prints it. */
  readonly kernel: string;
  readonly cpus: number;
  readonly intervalMs: number;
  /** Cgroups for which there is room. */
  readonly groups: number;
  /** How throttling is told from contention: exact (kernel 6.18 and newer), or by the throttle count of the queue. */
  readonly causeRule: 'throttled' | 'throttle-count';
  /** Whether sched_switch hands over the state of the thread that leaves (kernel 5.18 and newer) or it is read from the thread. */
  readonly prevState: 'argument' | 'task';
  /** What the helper kept after attaching. */
  readonly capabilities: 'none' | 'bpf';
  readonly pid: number;
}

/** Cumulative waits of one cgroup and one cause since the helper attached, summed over CPUs. */
export interface WaitCounter {
  /** Modulo 2^32. */
  readonly count: number;
  /** Nanoseconds modulo 2^64. */
  readonly sumNs: bigint;
  /** Pairs of slot (`wait-slots.ts`) and its count modulo 2^32; only slots that are not zero. */
  readonly slots: readonly (readonly [slot: number, count: number])[];
}

export interface GroupCounters {
  /** Cgroup id as a decimal string: the inode of its directory, 64 bits wide. */
  readonly id: string;
  readonly contention: WaitCounter;
  readonly throttled: WaitCounter;
}

/** Everything the helper has counted since it attached. */
export interface Snapshot {
  readonly type: 'snapshot';
  /** Counts every snapshot, so that a lost line shows. */
  readonly seq: number;
  readonly reason: 'interval' | 'asked' | 'end';
  /** CLOCK_MONOTONIC when it was taken. */
  readonly monotonicNs: bigint;
  readonly groups: readonly GroupCounters[];
  readonly switches: number;
  readonly wakeups: number;
  /** Switch-ins without a stamp. */
  readonly unknown: number;
  /** Waits dropped because the clocks of two CPUs disagreed. */
  readonly negative: number;
  /** Waits lost because no stamp could be stored. */
  readonly lostStorage: number;
  /** Waits lost because there was no room for their cgroup. */
  readonly lostGroups: number;
  /** CPU time of the helper itself. */
  readonly userMicros: number;
  readonly systemMicros: number;
  readonly residentBytes: number;
  /** Runs of the programs in the kernel and their time, while the kernel measures it (`--stats-ms`). */
  readonly kernelRuns: number;
  readonly kernelRunNs: bigint;
  /** Program runs that the kernel refused because one was already running on that CPU. */
  readonly recursionMisses: number;
}

export type StartErrorCode = 'no-btf' | 'no-permission' | 'verifier' | 'kernel-too-old' | 'other';

/** Why the helper cannot start; it exits after this line. */
export interface StartError {
  readonly type: 'error';
  readonly code: StartErrorCode;
  readonly message: string;
}

/** A line that is not of the protocol, and everything that is wrong with it. */
export interface BrokenLine {
  readonly type: 'broken';
  readonly reason: string;
  /** Its first 200 characters. */
  readonly text: string;
}

/** Reads one line of the helper. Never throws: whatever is wrong with the line is in the answer. */
export function parseLine(text: string): Hello | Snapshot | StartError | BrokenLine {
  const problems: string[] = [];
  const message = readMessage(parseJson(text, problems), problems);
  if (message !== null && problems.length === 0) return message;
  return { type: 'broken', reason: problems.join('; '), text: text.slice(0, 200) };
}

function parseJson(text: string, problems: string[]): unknown {
  try {
    return JSON.parse(text);
  } catch {
    problems.push('not JSON');
    return null;
  }
}

function readMessage(value: unknown, problems: string[]): Hello | Snapshot | StartError | null {
  if (problems.length > 0) return null;
  const fields = new Fields(value, '', problems);
  const type = fields.oneOf('type', ['hello', 'snapshot', 'error']);
  if (problems.length > 0) return null;
  switch (type) {
    case 'hello':
      return readHello(fields);
    case 'snapshot':
      return readSnapshot(fields, problems);
    case 'error':
      return {
        type,
        code: fields.oneOf('code', ['no-btf', 'no-permission', 'verifier', 'kernel-too-old', 'other']),
        message: fields.text('message'),
      };
  }
}

function readHello(fields: Fields): Hello {
  return {
    type: 'hello',
    version: fields.integer('version'),
    kernel: fields.text('kernel'),
    cpus: fields.integer('cpus'),
    intervalMs: fields.integer('intervalMs'),
    groups: fields.integer('groups'),
    causeRule: fields.oneOf('causeRule', ['throttled', 'throttle-count']),
    prevState: fields.oneOf('prevState', ['argument', 'task']),
    capabilities: fields.oneOf('capabilities', ['none', 'bpf']),
    pid: fields.integer('pid'),
  };
}

function readSnapshot(fields: Fields, problems: string[]): Snapshot {
  const groups = fields.list('groups').map((value, index) => readGroup(value, `groups[${index}].`, problems));
  const seen = new Set<string>();
  for (const { id } of groups) {
    if (seen.has(id)) problems.push(`groups: cgroup ${id} appears twice`);
    seen.add(id);
  }
  return {
    type: 'snapshot',
    seq: fields.integer('seq'),
    reason: fields.oneOf('reason', ['interval', 'asked', 'end']),
    monotonicNs: fields.wide('monotonicNs'),
    groups,
    switches: fields.integer('switches'),
    wakeups: fields.integer('wakeups'),
    unknown: fields.integer('unknown'),
    negative: fields.integer('negative'),
    lostStorage: fields.integer('lostStorage'),
    lostGroups: fields.integer('lostGroups'),
    userMicros: fields.integer('userMicros'),
    systemMicros: fields.integer('systemMicros'),
    residentBytes: fields.integer('residentBytes'),
    kernelRuns: fields.integer('kernelRuns'),
    kernelRunNs: fields.wide('kernelRunNs'),
    recursionMisses: fields.integer('recursionMisses'),
  };
}

function readGroup(value: unknown, path: string, problems: string[]): GroupCounters {
  const fields = new Fields(value, path, problems);
  return {
    id: fields.wide('id').toString(),
    contention: readCounter(fields.value('contention'), `${path}contention.`, problems),
    throttled: readCounter(fields.value('throttled'), `${path}throttled.`, problems),
  };
}

function readCounter(value: unknown, path: string, problems: string[]): WaitCounter {
  const fields = new Fields(value, path, problems);
  const slots: [number, number][] = [];
  let previous = -1;
  for (const pair of fields.list('slots')) {
    const [slot, count] = Array.isArray(pair) && pair.length === 2 ? (pair as unknown[]) : [];
    if (!isWithin(slot, previous + 1, slotCount - 1) || !isWithin(count, 0, 2 ** 32 - 1)) {
      problems.push(`${path}slots: expected pairs of a rising slot below ${slotCount} and a 32-bit count`);
      break;
    }
    slots.push([slot, count]);
    previous = slot;
  }
  return { count: fields.integer('count', 2 ** 32 - 1), sumNs: fields.wide('sumNs'), slots };
}

function isWithin(value: unknown, low: number, high: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= low && value <= high;
}

/** Reads the fields of one object. What is missing or wrong becomes a problem and reads as nothing. */
class Fields {
  /** Null if it is no object at all, which is a problem by itself. */
  readonly #record: ReadonlyMap<string, unknown> | null;
  readonly #path: string;
  readonly #problems: string[];

  constructor(value: unknown, path: string, problems: string[]) {
    const isRecord = typeof value === 'object' && value !== null && !Array.isArray(value);
    this.#record = isRecord ? new Map<string, unknown>(Object.entries(value)) : null;
    this.#path = path;
    this.#problems = problems;
    if (!isRecord) problems.push(`${path === '' ? 'line' : path.slice(0, -1)}: expected an object`);
  }

  value(name: string): unknown {
    return this.#record?.get(name);
  }

  integer(name: string, high = Number.MAX_SAFE_INTEGER): number {
    const value = this.value(name);
    return isWithin(value, 0, high) ? value : this.#wrong(name, `an integer from 0 to ${high}`, 0);
  }

  /** A 64-bit integer, as a decimal string. */
  wide(name: string): bigint {
    const value = this.value(name);
    const wide = typeof value === 'string' && /^\d{1,20}$/.test(value) ? BigInt(value) : null;
    return wide !== null && BigInt.asUintN(64, wide) === wide
      ? wide
      : this.#wrong(name, 'a 64-bit integer as text', 0n);
  }

  text(name: string): string {
    const value = this.value(name);
    return typeof value === 'string' ? value : this.#wrong(name, 'text', '');
  }

  list(name: string): readonly unknown[] {
    const value: unknown = this.value(name);
    return Array.isArray(value) ? (value as readonly unknown[]) : this.#wrong(name, 'a list', []);
  }

  oneOf<const Choice extends string>(name: string, choices: readonly [Choice, ...Choice[]]): Choice {
    const chosen = choices.find((choice) => choice === this.value(name));
    return chosen ?? this.#wrong(name, choices.join(' or '), choices[0]);
  }

  #wrong<T>(name: string, expected: string, instead: T): T {
    if (this.#record !== null) this.#problems.push(`${this.#path}${name}: expected ${expected}`);
    return instead;
  }
}
