import { expect, test } from 'vitest';
import { findCpuHierarchy } from '../../../tracer/client/cpu-hierarchy.ts';

const unifiedMount = 'cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,relatime,nsdelegate 0 0';
const memoryMount = 'cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0';
const cpuMount = 'cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0';
const hybridMount = 'cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0';

test.each([
  [
    'the unified hierarchy on v2',
    [unifiedMount],
    ['0::/user.slice/session-1.scope'],
    { version: 2, mountPoint: '/sys/fs/cgroup', ownPath: '/user.slice/session-1.scope' },
  ],
  [
    'the cpu hierarchy on v1, also where it is mounted with others',
    [memoryMount, cpuMount],
    ['5:memory:/a', '4:cpu,cpuacct:/b'],
    { version: 1, mountPoint: '/sys/fs/cgroup/cpu,cpuacct', ownPath: '/b' },
  ],
  [
    'the cpu hierarchy on a hybrid, not the unified one beside it',
    [hybridMount, memoryMount, cpuMount],
    ['9:name=systemd:/', '4:cpu,cpuacct:/', '0::/x'],
    { version: 1, mountPoint: '/sys/fs/cgroup/cpu,cpuacct', ownPath: '/' },
  ],
  [
    'the unified one on a hybrid that has the cpu controller there',
    [memoryMount, hybridMount],
    ['5:memory:/', '2:cpuset:/', '0::/'],
    { version: 2, mountPoint: '/sys/fs/cgroup/unified', ownPath: '/' },
  ],
  ['nothing where the hierarchy is not mounted here', [hybridMount], ['4:cpu:/', '0::/'], null],
  ['nothing without any cgroup', ['proc /proc proc rw 0 0'], [''], null],
  [
    'a mount point with a blank, and a path with a colon',
    [String.raw`cgroup2 /sys/fs/c\040group cgroup2 rw 0 0`],
    ['0::/a:b'],
    { version: 2, mountPoint: '/sys/fs/c group', ownPath: '/a:b' },
  ],
])('finds %s', (_, mounts, cgroups, expected) => {
  expect(findCpuHierarchy(`${mounts.join('\n')}\n`, `${cgroups.join('\n')}\n`)).toEqual(expected);
});
