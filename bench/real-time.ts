import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What stands before a command line to give it real-time priority (SCHED_RR 1); nothing where the system does not grant it. */
export async function realTimePrefix(): Promise<readonly string[]> {
  const prefix = ['chrt', '--rr', '1'];
  return promisify(execFile)('chrt', ['--rr', '1', 'true']).then(
    () => prefix,
    () => [],
  );
}
