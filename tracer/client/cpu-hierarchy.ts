import { existsSync, readFileSync } from 'node:fs';

/** The cgroup tree that holds the cpu controller: the tracer's cgroup ids are inodes of its directories. */
export interface CpuHierarchy {
  readonly version: 1 | 2;
  /** Without a slash at the end. */
  readonly mountPoint: string;
  /** The cgroup of the process that was asked about, below the mount point: `/` for the root. */
  readonly ownPath: string;
}

/**
 * Finds it: on v1 and on hybrids the hierarchy with the cpu controller, otherwise the unified one. Null if it is not mounted.
 * @param mounts text of `/proc/self/mounts`
 * @param cgroups text of `/proc/self/cgroup`
 */
export function findCpuHierarchy(mounts: string, cgroups: string): CpuHierarchy | null {
  const memberships = cgroups.split('\n').map(parseMembership);
  const own =
    memberships.find((membership) => membership?.controllers.includes('cpu')) ??
    memberships.find((membership) => membership?.isUnified);
  if (!own) return null;
  for (const line of mounts.split('\n')) {
    const [, mountPoint, type, options] = line.split(' ');
    if (mountPoint === undefined) continue;
    const isWanted = own.isUnified ? type === 'cgroup2' : type === 'cgroup' && options?.split(',').includes('cpu');
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
  const read = (path: string): string => (existsSync(path) ? readFileSync(path, 'utf8') : '');
  return findCpuHierarchy(read('/proc/self/mounts'), read('/proc/self/cgroup'));
}
