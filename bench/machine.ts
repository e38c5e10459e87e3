import { readFile } from 'node:fs/promises';
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** What the numbers of a bench depend on, one line each. */
export async function describeMachine(): Promise<string[]> {
  const clock = await readOr('/sys/devices/system/clocksource/clocksource0/current_clocksource', 'unknown');
  const isVirtual = /^flags\s*:.*\bhypervisor\b/m.test(await readOr('/proc/cpuinfo', ''));
  const load = loadavg()
    .slice(0, 2)
    .map((mean) => mean.toFixed(1))
    .join(', ');
  return [
    `CPU: ${cpus()[0]?.model ?? 'unknown'}, ${availableParallelism()} cores${isVirtual ? ', a virtual machine' : ''}`,
    `memory: ${(totalmem() / 1024 ** 3).toFixed(1)} GiB`,
    `kernel: ${numericRelease(release())}, clock ${clock}`,
    `load before the start (1 and 5 min): ${load}`,
    `measured: ${new Date().toISOString().slice(0, 10)}`,
  ];
}

/** `6.12.48` of `6.12.48-1-amd64`: what follows names a build, and builds are nobody's business but the machine's. */
export const numericRelease = (full: string): string => /^\d+(\.\d+)*/.exec(full)?.[0] ?? 'unknown';

async function readOr(file: string, otherwise: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch {
    return otherwise;
  }
}
