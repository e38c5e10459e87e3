import { readFileSync } from 'node:fs';
import type { HostReading } from '../../telemetry/sample.ts';

/** Cumulative since boot. */
export interface HostCounters {
  readonly busySeconds: number;
  readonly stolenSeconds: number;
  readonly contextSwitches: number;
}

/** The kernel counts CPU time in these ticks wherever user space can see it (USER_HZ, `man 5 proc`). */
const ticksPerSecond = 100;

/** @param stat text of `/proc/stat` */
export function parseHostCounters(stat: string): HostCounters {
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] =
    /^cpu +(.*)$/m.exec(stat)?.[1]?.split(' ').map(Number) ?? [];
  return {
    busySeconds: (user + nice + system + irq + softirq) / ticksPerSecond,
    stolenSeconds: steal / ticksPerSecond,
    contextSwitches: Number(/^ctxt (\d+)$/m.exec(stat)?.[1] ?? 0),
  };
}

export function readHostCounters(): HostCounters {
  return parseHostCounters(readFileSync('/proc/stat', 'utf8'));
}

export function hostReading(earlier: HostCounters, later: HostCounters, cores: number, seconds: number): HostReading {
  return {
    busySeconds: later.busySeconds - earlier.busySeconds,
    stolenSeconds: later.stolenSeconds - earlier.stolenSeconds,
    capacitySeconds: cores * seconds,
    contextSwitches: later.contextSwitches - earlier.contextSwitches,
  };
}
