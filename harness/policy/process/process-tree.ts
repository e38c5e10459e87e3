import { readdirSync, readFileSync } from 'node:fs';

/** Of `/proc/PID/stat`: the same on every Linux that Node runs on. */
const ticksPerSecond = 100;
/** A bound, because a program may start others without end. */
const mostProcesses = 1000;

export interface TreeUsage {
  /** User and system, in steps of 10 ms. */
  readonly cpuSeconds: number;
  /** The most that each process has held so far, added up. */
  readonly residentBytes: number;
}

/**
 * What a process and those that it started have used so far; null if it is gone or there is no /proc. Ended processes count with the CPU
 * time of whoever waited for them.
 */
export function treeUsage(pid: number): TreeUsage | null {
  let [cpuSeconds, residentBytes] = [0, 0];
  const pids = [pid];
  for (const [index, one] of pids.entries()) {
    const usage = usageOf(one);
    // Some may end while we look; without the first there is nothing.
    if (usage === null && index === 0) return null;
    cpuSeconds += usage?.cpuSeconds ?? 0;
    residentBytes += usage?.residentBytes ?? 0;
    if (pids.length < mostProcesses) pids.push(...childrenOf(one));
  }
  return { cpuSeconds, residentBytes };
}

function usageOf(pid: number): TreeUsage | null {
  try {
    return {
      cpuSeconds: cpuSecondsOf(readFileSync(`/proc/${pid}/stat`, 'utf8')),
      residentBytes: peakBytesOf(readFileSync(`/proc/${pid}/status`, 'utf8')),
    };
  } catch {
    return null;
  }
}

/** Own time and that of children it waited for. @param stat text of `/proc/PID/stat` */
export function cpuSecondsOf(stat: string): number {
  // The name in parentheses may hold anything, spaces and parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / ticksPerSecond;
}

/** @param status text of `/proc/PID/status`; a process that has ended and is not buried yet has no memory */
export function peakBytesOf(status: string): number {
  return 1024 * Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
}

/** None where the kernel does not list them. */
function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}
