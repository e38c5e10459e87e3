import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownSubtrees } from '../../../../harness/testbed/local/subtree.ts';
import type { CgroupHierarchy } from '../../../../tracer/client/cpu-hierarchy.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

/** A folder that looks like the root of a hierarchy of v2 with these controllers. */
function unifiedWith(controllers: string): CgroupHierarchy {
  const mountPoint = temporaryFolder();
  writeFileSync(join(mountPoint, 'cgroup.controllers'), `${controllers}\n`);
  writeFileSync(join(mountPoint, 'cgroup.procs'), '');
  return { version: 2, mountPoint, ownPath: '/' };
}

const v1 = (): CgroupHierarchy => ({ version: 1, mountPoint: temporaryFolder(), ownPath: '/' });

/** Where each controller is; `unified` for null and for what is not named. */
function findIn(places: Readonly<Record<string, CgroupHierarchy>>, unified: CgroupHierarchy | null) {
  return (controller: string | null): CgroupHierarchy | null =>
    (controller === null ? undefined : places[controller]) ?? unified;
}

const root = { isRoot: true, isSystemd: false, subtree: 'ours' };

test('on v2 all controllers have one subtree', () => {
  const unified = unifiedWith('cpuset cpu io memory pids');
  expect(ownSubtrees(root, findIn({}, unified))).toEqual({
    subtrees: [
      {
        path: join(unified.mountPoint, 'ours'),
        version: 2,
        controllers: ['cpu', 'cpuacct', 'cpuset', 'memory'],
        unit: null,
      },
    ],
    lacks: [],
  });
});

test('what is not handed down to us on v2 is lacking', () => {
  const unified = unifiedWith('cpu pids');
  expect(ownSubtrees(root, findIn({}, unified)).lacks).toEqual(['cpuset', 'memory']);
});

test('on v1 each hierarchy has one, and that of v2 beside them is used for pressure and killing', () => {
  const [cpu, cpuset, memory, unified] = [v1(), v1(), v1(), unifiedWith('')];
  const { subtrees, lacks } = ownSubtrees(root, findIn({ cpu, cpuacct: cpu, cpuset, memory }, unified));
  expect(subtrees).toEqual([
    { path: join(cpu.mountPoint, 'ours'), version: 1, controllers: ['cpu', 'cpuacct'], unit: null },
    { path: join(cpuset.mountPoint, 'ours'), version: 1, controllers: ['cpuset'], unit: null },
    { path: join(memory.mountPoint, 'ours'), version: 1, controllers: ['memory'], unit: null },
    { path: join(unified.mountPoint, 'ours'), version: 2, controllers: [], unit: null },
  ]);
  expect(lacks).toEqual([]);
});

test('on a hybrid that has memory on v2, it is used there', () => {
  const [cpu, cpuset, unified] = [v1(), v1(), unifiedWith('memory')];
  const { subtrees, lacks } = ownSubtrees(root, findIn({ cpu, cpuacct: cpu, cpuset }, unified));
  expect(subtrees.map(({ version, controllers }) => [version, controllers])).toEqual([
    [1, ['cpu', 'cpuacct']],
    [1, ['cpuset']],
    [2, ['memory']],
  ]);
  expect(lacks).toEqual([]);
});

test('a hierarchy in which nothing can be made is left out, and what it controls is lacking', () => {
  const [cpu, memory] = [v1(), { ...v1(), mountPoint: '/nowhere' }];
  const { subtrees, lacks } = ownSubtrees(root, findIn({ cpu, cpuacct: cpu, memory }, null));
  expect(subtrees.map(({ controllers }) => controllers)).toEqual([['cpu', 'cpuacct']]);
  expect(lacks).toEqual(['cpuset', 'memory']);
});

test('without root it lies below our own cgroup', () => {
  const unified = { ...unifiedWith('cpu'), ownPath: '/user.slice/scope' };
  mkdirSync(join(unified.mountPoint, 'user.slice', 'scope'), { recursive: true });
  expect(ownSubtrees({ ...root, isRoot: false }, findIn({}, unified)).subtrees[0]?.path).toBe(
    join(unified.mountPoint, 'user.slice/scope/ours'),
  );
});

describe('where systemd is the init', () => {
  const owner = { ...root, isSystemd: true };

  test('it is the cgroup of a unit, which gets what the root of the hierarchy has', () => {
    const unified = unifiedWith('cpuset cpu io memory pids');
    mkdirSync(join(unified.mountPoint, 'system.slice'));
    writeFileSync(join(unified.mountPoint, 'system.slice', 'cgroup.controllers'), 'memory pids\n');
    expect(ownSubtrees(owner, findIn({}, unified))).toEqual({
      subtrees: [
        {
          ...{ path: join(unified.mountPoint, 'system.slice', 'ours.service'), version: 2 },
          ...{ controllers: ['cpu', 'cpuacct', 'cpuset', 'memory'], unit: 'ours.service' },
        },
      ],
      lacks: [],
    });
  });

  test('it stays below the root on v1 and on hybrids, of which systemd keeps to its own hierarchy', () => {
    const [cpu, cpuset, unified] = [v1(), v1(), unifiedWith('memory')];
    const { subtrees } = ownSubtrees(owner, findIn({ cpu, cpuacct: cpu, cpuset }, unified));
    expect(subtrees.map(({ path, unit }) => [path, unit])).toEqual(
      [cpu, cpuset, unified].map(({ mountPoint }) => [join(mountPoint, 'ours'), null]),
    );
  });

  test('for a user it stays below the own cgroup', () => {
    const unified = { ...unifiedWith('cpu'), ownPath: '/user.slice/scope' };
    mkdirSync(join(unified.mountPoint, 'user.slice', 'scope'), { recursive: true });
    expect(ownSubtrees({ ...owner, isRoot: false }, findIn({}, unified)).subtrees).toEqual([
      {
        ...{ path: join(unified.mountPoint, 'user.slice/scope/ours'), version: 2 },
        ...{ controllers: ['cpu', 'cpuacct'], unit: null },
      },
    ]);
  });
});
