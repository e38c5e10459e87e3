import { readdirSync, readFileSync } from 'node:fs';

/**
 * The fallback source: what the kernel itself counts for each thread in `/proc/PID/task/TID/schedstat` (time run, time waited, time
 * slices). It gives count and sum, no histogram, and cannot tell throttling from contention. Never `/proc/PID/schedstat`: that is
 * the leader thread alone.
 */

/** The little of a file system that it needs, synchronous so that one reading is close to one instant. Null: not there (any more). */
export interface ProcFiles {
  readText(path: string): string | null;
  list(path: string): readonly string[] | null;
}

/** Cumulative since the thread began. */
export interface ThreadWaits {
  /** Switch-ins. */
  readonly count: number;
  readonly waitSeconds: number;
}

/** A reading by thread id. */
export type SchedstatReading = ReadonlyMap<string, ThreadWaits>;

export interface SchedstatInterval extends ThreadWaits {
  /** Threads in both readings, only in the later, only in the earlier. */
  readonly lasting: number;
  readonly begun: number;
  readonly ended: number;
}

/**
 * The threads that are in a cgroup itself, not in those below it: v2 lists them in `cgroup.threads`, v1 in `tasks`. Null if there is
 * no such cgroup.
 */
export function readCgroupWaits(directory: string, files: ProcFiles): SchedstatReading | null {
  const text = files.readText(`${directory}/cgroup.threads`) ?? files.readText(`${directory}/tasks`);
  if (text === null) return null;
  return readThreads(text.split('\n').filter(isNumeric), (tid) => `/proc/${tid}/task/${tid}/schedstat`, files);
}

/** All threads of some processes. */
export function readProcessWaits(pids: readonly (string | number)[], files: ProcFiles): SchedstatReading {
  const all = new Map<string, ThreadWaits>();
  for (const pid of pids) {
    const tids = files.list(`/proc/${pid}/task`) ?? [];
    for (const [tid, waits] of readThreads(tids, (id) => `/proc/${pid}/task/${id}/schedstat`, files))
      all.set(tid, waits);
  }
  return all;
}

/** All threads of the machine. Null if the kernel does not say. */
export function readMachineWaits(files: ProcFiles): SchedstatReading | null {
  const reading = readProcessWaits((files.list('/proc') ?? []).filter(isNumeric), files);
  return reading.size === 0 ? null : reading;
}

function readThreads(tids: readonly string[], path: (tid: string) => string, files: ProcFiles): SchedstatReading {
  const reading = new Map<string, ThreadWaits>();
  for (const tid of tids) {
    const waits = parseSchedstat(files.readText(path(tid)));
    if (waits !== null) reading.set(tid, waits);
  }
  return reading;
}

/** `run_ns run_delay_ns timeslices`. */
export function parseSchedstat(text: string | null): ThreadWaits | null {
  const [, delayNs, slices] = text?.trim().split(' ') ?? [];
  if (delayNs === undefined || slices === undefined || !isNumeric(delayNs) || !isNumeric(slices)) return null;
  return { count: Number(slices), waitSeconds: Number(delayNs) / 1e9 };
}

/**
 * What was counted between two readings, thread by thread, so that a thread that ended never makes the sum smaller. Lost is what a
 * thread waited after the earlier reading and before its end, and all of a thread that began and ended in between. A thread that only the later reading
 * knows counts from its beginning, and so does one with less than before: its id was given to another thread. A thread that was moved
 * into the cgroup therefore brings along what it waited elsewhere.
 */
export function schedstatDifference(earlier: SchedstatReading, later: SchedstatReading): SchedstatInterval {
  let count = 0;
  let waitSeconds = 0;
  let lasting = 0;
  for (const [tid, now] of later) {
    const then = earlier.get(tid);
    const isSame = then !== undefined && then.count <= now.count && then.waitSeconds <= now.waitSeconds;
    count += now.count - (isSame ? then.count : 0);
    waitSeconds += now.waitSeconds - (isSame ? then.waitSeconds : 0);
    if (isSame) lasting++;
  }
  return { count, waitSeconds, lasting, begun: later.size - lasting, ended: earlier.size - lasting };
}

function isNumeric(text: string): boolean {
  return /^\d+$/.test(text);
}

/** The real file system. */
export const procFiles: ProcFiles = {
  readText: (path) => orNull(() => readFileSync(path, 'utf8')),
  list: (path) => orNull(() => readdirSync(path)),
};

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    // Threads end at any instant; a file that cannot be read belongs to one that has.
    return null;
  }
}
