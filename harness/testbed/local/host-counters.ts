import { readFileSync } from 'node:fs';
import type { HostReading } from '../../telemetry/sample.ts';

/** Cumulative since boot: CPU time of some CPUs, switches of all. */
export interface HostCounters {
  readonly busySeconds: number;
  readonly stolenSeconds: number;
  readonly contextSwitches: number;
}

/** The kernel counts CPU time in these ticks wherever user space can see it (USER_HZ, `man 5 proc`). */
const ticksPerSecond = 100;

/** @param stat text of `/proc/stat` @param cpus those that count; what others did is no business of ours */
export function parseHostCounters(stat: string, cpus: readonly number[]): HostCounters {
  let [busyTicks, stolenTicks] = [0, 0];
  for (const [, cpu, fields = ''] of stat.matchAll(/^cpu(\d+) (.*)$/gm)) {
    if (!cpus.includes(Number(cpu))) continue;
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = fields.split(' ').map(Number);
    busyTicks += user + nice + system + irq + softirq;
    stolenTicks += steal;
  }
  return {
    busySeconds: busyTicks / ticksPerSecond,
    stolenSeconds: stolenTicks / ticksPerSecond,
    contextSwitches: Number(/^ctxt (\d+)$/m.exec(stat)?.[1] ?? 0),
  };
}

export function readHostCounters(cpus: readonly number[]): HostCounters {
  return parseHostCounters(readFileSync('/proc/stat', 'utf8'), cpus);
}

/** @param cores how many CPUs were counted */
export function hostReading(earlier: HostCounters, later: HostCounters, cores: number, seconds: number): HostReading {
  return {
    busySeconds: later.busySeconds - earlier.busySeconds,
    stolenSeconds: later.stolenSeconds - earlier.stolenSeconds,
    capacitySeconds: cores * seconds,
    contextSwitches: later.contextSwitches - earlier.contextSwitches,
  };
}
