import { existsSync, readFileSync } from 'node:fs';

/** A cgroup tree, seen from one process. */
export interface CgroupHierarchy {
  readonly version: 1 | 2;
  /** Without a slash at the end. */
  readonly mountPoint: string;
  /** The cgroup of the process that was asked about, below the mount point: `/` for the root. */
  readonly ownPath: string;
}

/** The tree that holds the cpu controller: the tracer's cgroup ids are inodes of its directories. */
export type CpuHierarchy = CgroupHierarchy;

export const findCpuHierarchy = (mounts: string, cgroups: string): CpuHierarchy | null =>
  findHierarchy('cpu', mounts, cgroups);

/**
 * Finds the tree of a controller: on v1 and on hybrids the hierarchy that is mounted with it, otherwise the unified one, which may
 * lack the controller all the same. Null if it is not mounted.
 * @param controller null for the unified hierarchy, whatever it controls
 * @param mounts text of `/proc/self/mounts`
 * @param cgroups text of `/proc/self/cgroup`
 */
export function findHierarchy(controller: string | null, mounts: string, cgroups: string): CgroupHierarchy | null {
  const memberships = cgroups.split('\n').map(parseMembership);
  const own =
    memberships.find((membership) => controller !== null && membership?.controllers.includes(controller)) ??
    memberships.find((membership) => membership?.isUnified);
  if (!own) return null;
  for (const line of mounts.split('\n')) {
    const [, mountPoint, type, options] = line.split(' ');
    if (mountPoint === undefined) continue;
    const isWanted = own.isUnified
      ? type === 'cgroup2'
      : type === 'cgroup' && options?.split(',').includes(controller ?? '');
    if (isWanted) return { version: own.isUnified ? 2 : 1, mountPoint: unescapeMount(mountPoint), ownPath: own.path };
  }
  return null;
}

interface Membership {
  readonly controllers: readonly string[];
  readonly isUnified: boolean;
  readonly path: string;
}

/** `4:cpu,cpuacct:/path`, or `0::/path` in the unified hierarchy. The path itself may hold colons. */
function parseMembership(line: string): Membership | null {
  const match = /^(\d+):([^:]*):(\/.*)$/.exec(line);
  if (match?.[2] === undefined || match[3] === undefined) return null;
  return { controllers: match[2].split(','), isUnified: match[1] === '0' && match[2] === '', path: match[3] };
}

/** The kernel writes blanks and backslashes of a mount point as octal: `\040`. */
function unescapeMount(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}

/** The hierarchy of this machine, seen from this process. */
export function ownCpuHierarchy(): CpuHierarchy | null {
  return ownHierarchy('cpu');
}

/** That of any controller, or the unified one for null. */
export function ownHierarchy(controller: string | null): CgroupHierarchy | null {
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return findHierarchy(controller, read('/proc/self/mounts'), read('/proc/self/cgroup'));
}
