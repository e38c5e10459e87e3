import { readFileSync } from 'node:fs';

/** CPU time of the calling thread so far, user and system; null where there is no /proc/thread-self. */
export function threadCpuMs(): number | null {
  try {
    // The kernel counts a running thread at its ticks, 4 ms apart; asked for the process, it first brings the calling thread up to date.
    process.cpuUsage();
    // Time on a CPU, time waiting for one, and how often it was given one.
    const nanoseconds = Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]);
    return Number.isFinite(nanoseconds) ? nanoseconds / 1e6 : null;
  } catch {
    return null;
  }
}
