import { readFileSync } from 'node:fs';

/** CPU time of threads of this process so far, user and system; null if one is gone or there is no /proc. */
export function threadCpuSeconds(threadIds: readonly number[]): number | null {
  try {
    let nanoseconds = 0;
    for (const threadId of threadIds) {
      // Time on a CPU, time waiting for one, and how often it was given one.
      nanoseconds += Number(readFileSync(`/proc/self/task/${threadId}/schedstat`, 'utf8').split(' ')[0]);
    }
    return nanoseconds / 1e9;
  } catch {
    return null;
  }
}
