import { readFileSync } from 'node:fs';

/** Of `/proc/PID/stat`: the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** CPU time of a process and of its threads so far, user and system, in steps of 10 ms; null if it is gone or there is no /proc. */
export function processCpuSeconds(pid: number): number | null {
  try {
    return cpuSecondsOf(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return null;
  }
}

/** @param stat text of `/proc/PID/stat` */
export function cpuSecondsOf(stat: string): number | null {
  // The name in parentheses may hold anything, spaces and parentheses too.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return Number.isNaN(ticks) ? null : ticks / ticksPerSecond;
}
