import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/all-errors.ts';
import { HarnessError } from '../../core/errors.ts';
import { parseCpuList } from '../../core/cpu-list.ts';
import type { ResourceGroup } from './resource-group.ts';

/** What a group may use at most; null without a limit. */
export interface GroupLimits {
  readonly cpuCores: number | null;
  readonly memoryBytes: number | null;
}

/** The period of every CPU quota: what Kubernetes uses, and the kernel's default. */
const periodMicros = 100_000;
/** The kernel takes no shorter quota (`min_bandwidth`). */
const leastQuotaMicros = 1000;
/** So a lower CPU limit than this cannot be had. */
export const leastCpuLimitCores = leastQuotaMicros / periodMicros;
/** Limits are kept in pages; the largest there are. */
const pageBytes = 65_536;

/** Sets both; where the memory controller is lacking, only the CPU limit. @throws HarnessError `testbed-failed` if the kernel refuses */
export function setLimits(group: ResourceGroup, { cpuCores, memoryBytes }: GroupLimits): void {
  setCpuLimit(group, cpuCores);
  setMemoryLimit(group, memoryBytes);
}

/** At least `leastCpuLimitCores`. @throws HarnessError `testbed-failed` if the kernel refuses */
export function setCpuLimit(group: ResourceGroup, cores: number | null): void {
  const place = group.placeOf('cpu');
  if (place === null) return;
  const quota = cores === null ? null : Math.max(leastQuotaMicros, Math.round(cores * periodMicros));
  const { path } = place.cgroup;
  if (place.version === 2) {
    write(join(path, 'cpu.max'), `${quota ?? 'max'} ${periodMicros}`);
    return;
  }
  // Each write begins a new period with a full quota.
  const period = join(path, 'cpu.cfs_period_us');
  if (read(period) !== String(periodMicros)) write(period, String(periodMicros));
  write(join(path, 'cpu.cfs_quota_us'), String(quota ?? -1));
}

/**
 * Swap would let a replica pass its limit, and turn an end into a slowness: there is none beyond the limit.
 * @throws HarnessError `testbed-failed` if the kernel refuses, as v1 does if more than that is in use
 */
export function setMemoryLimit(group: ResourceGroup, bytes: number | null): void {
  const place = group.placeOf('memory');
  if (place === null) return;
  const { path } = place.cgroup;
  const whole = bytes === null ? null : Math.floor(bytes);
  if (place.version === 2) {
    write(join(path, 'memory.max'), String(whole ?? 'max'));
    const swap = join(path, 'memory.swap.max');
    if (existsSync(swap)) write(swap, whole === null ? 'max' : '0');
    return;
  }
  const limit = join(path, 'memory.limit_in_bytes');
  const withSwap = join(path, 'memory.memsw.limit_in_bytes');
  const files = existsSync(withSwap) ? [limit, withSwap] : [limit];
  // The limit of both together is never the lower one, so which comes first depends on the way it goes.
  const isRaised = whole === null || whole > Number(readFileSync(limit, 'utf8'));
  for (const file of isRaised ? files.reverse() : files) write(file, String(whole ?? -1));
}

/** Binds the group to CPUs, such as `0` or `1-3`. Does nothing where the cpuset controller is lacking. */
export function setCpus(group: ResourceGroup, cpus: string): void {
  const place = group.placeOf('cpuset');
  if (place !== null) write(join(place.cgroup.path, 'cpuset.cpus'), cpus);
}

/** What the kernel says of a limit, or null if it is lacking. */
export function readLimits(group: ResourceGroup): GroupLimits {
  return { cpuCores: readCpuLimit(group), memoryBytes: readMemoryLimit(group) };
}

function readCpuLimit(group: ResourceGroup): number | null {
  const place = group.placeOf('cpu');
  if (place === null) return null;
  const { path } = place.cgroup;
  const [quota, period] =
    place.version === 2
      ? read(join(path, 'cpu.max')).split(' ').map(Number)
      : [Number(read(join(path, 'cpu.cfs_quota_us'))), Number(read(join(path, 'cpu.cfs_period_us')))];
  // `max` is no number, and -1 is what v1 says for it.
  return quota === undefined || period === undefined || !(quota > 0) ? null : quota / period;
}

function readMemoryLimit(group: ResourceGroup): number | null {
  const place = group.placeOf('memory');
  if (place === null) return null;
  const text = read(join(place.cgroup.path, place.version === 2 ? 'memory.max' : 'memory.limit_in_bytes'));
  // v1 has the largest number of pages for no limit.
  return text === 'max' || Number(text) > Number.MAX_SAFE_INTEGER ? null : Number(text);
}

/** CPUs that the group is bound to, or null where the cpuset controller is lacking. */
export function readCpus(group: ResourceGroup): readonly number[] | null {
  const place = group.placeOf('cpuset');
  return place === null ? null : parseCpuList(read(join(place.cgroup.path, 'cpuset.cpus')));
}

/** What of the limits the kernel holds otherwise than wanted, one phrase each. It rounds to microseconds of quota and to pages. */
export function wrongLimits(group: ResourceGroup, wanted: GroupLimits, cpus: readonly number[]): readonly string[] {
  const is = readLimits(group);
  const wrong: string[] = [];
  const cpuError = Math.abs((is.cpuCores ?? 0) - (wanted.cpuCores ?? 0));
  if ((is.cpuCores === null) !== (wanted.cpuCores === null) || cpuError > 1e-5) {
    wrong.push(`a CPU limit of ${inCores(is.cpuCores)}, not ${inCores(wanted.cpuCores)}`);
  }
  if (group.placeOf('memory') !== null) {
    const short = (wanted.memoryBytes ?? 0) - (is.memoryBytes ?? 0);
    const isSame = (is.memoryBytes === null) === (wanted.memoryBytes === null);
    if (!isSame || short < 0 || short >= pageBytes) {
      wrong.push(`a memory limit of ${inBytes(is.memoryBytes)}, not ${inBytes(wanted.memoryBytes)}`);
    }
  }
  const bound = readCpus(group);
  if (bound !== null && bound.join() !== cpus.join()) wrong.push(`CPUs ${bound.join()}, not ${cpus.join()}`);
  return wrong;
}

const inCores = (cores: number | null): string => (cores === null ? 'none' : `${cores} cores`);
const inBytes = (bytes: number | null): string => (bytes === null ? 'none' : `${bytes} bytes`);

const read = (file: string): string => readFileSync(file, 'utf8').trim();

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new HarnessError('testbed-failed', `${file} does not take ${text}: ${messageOf(cause)}.`, {
      hint: 'Run `npx scalelab check` to see what this machine lacks.',
      cause,
    });
  }
}
