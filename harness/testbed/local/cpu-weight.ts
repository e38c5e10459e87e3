import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ResourceGroup } from './resource-group.ts';

/** Ends of `cpu.shares` (`MIN_SHARES` and `MAX_SHARES` of the kernel). */
const [fewestShares, mostShares] = [2, 262_144];

/** What a request of so many cores is on v1, as the kubelet has it (`MilliCPUToShares`). */
export function sharesOf(cores: number): number {
  return Math.min(mostShares, Math.max(fewestShares, Math.floor((Math.round(cores * 1000) * 1024) / 1000)));
}

/** The same on v2, 1 to 10 000 (`cpu.weight`, the kubelet's formula of KEP-2254). */
export function weightOf(cores: number): number {
  return 1 + Math.floor(((sharesOf(cores) - 2) * 9999) / 262_142);
}

/** How the group fares against its siblings when CPU is short. Does nothing where the cpu controller is lacking. */
export function setCpuRequest(group: ResourceGroup, cores: number): void {
  const place = group.placeOf('cpu');
  if (place === null) return;
  const { path } = place.cgroup;
  if (place.version === 2) writeFileSync(join(path, 'cpu.weight'), String(weightOf(cores)));
  else writeFileSync(join(path, 'cpu.shares'), String(sharesOf(cores)));
}
