import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cgroupFiles, CgroupNames } from '../../../tracer/client/cgroup-names.ts';
import type { CgroupFiles, CgroupName } from '../../../tracer/client/cgroup-names.ts';
import { ManualClock } from './manual-clock.ts';

const mountPoint = '/sys/fs/cgroup/cpu';

/** A tree that the test changes at will: inode by path below the mount point. */
class FakeTree implements CgroupFiles {
  readonly inodes = new Map<string, string>([['/', '1']]);
  walks = 0;

  inode(path: string): Promise<string | null> {
    return Promise.resolve(this.inodes.get(path.slice(mountPoint.length)) ?? null);
  }

  directories(path: string): Promise<readonly string[] | null> {
    const parent = path.slice(mountPoint.length);
    if (parent === '/') this.walks++;
    const prefix = parent === '/' ? '/' : `${parent}/`;
    const children = [...this.inodes.keys()].filter(
      (other) => other !== '/' && other.startsWith(prefix) && !other.slice(prefix.length).includes('/'),
    );
    return Promise.resolve(children.map((child) => child.slice(prefix.length)));
  }
}

function begin(): {
  tree: FakeTree;
  clock: ManualClock;
  resolve: (...ids: string[]) => Promise<(CgroupName | undefined)[]>;
} {
  const tree = new FakeTree();
  const clock = new ManualClock();
  const names = new CgroupNames({ version: 1, mountPoint, ownPath: '/' }, tree, clock);
  return {
    tree,
    clock,
    resolve: async (...ids) => {
      const found = await names.resolve(ids);
      return ids.map((id) => found.get(id));
    },
  };
}

test('an id is named by the path of the directory with that inode', async () => {
  const { tree, resolve } = begin();
  tree.inodes.set('/kubepods', '7').set('/kubepods/pod-1', '18446744073709551615');
  expect(await resolve('18446744073709551615')).toEqual([
    { id: '18446744073709551615', generation: 0, path: '/kubepods/pod-1', label: '/kubepods/pod-1' },
  ]);
});

test('the ids 0 and 1 and the root are the host, and cause no walk', async () => {
  const { tree, resolve } = begin();
  expect((await resolve('0', '1')).map((name) => name?.label)).toEqual(['host', 'host']);
  expect(tree.walks).toBe(0);
  // In a cgroup namespace the root of what is mounted has another inode.
  tree.inodes.set('/', '33');
  expect((await resolve('33')).map((name) => name?.label)).toEqual(['host']);
});

test('known ids cause no walk, an unknown one does, at most once a second', async () => {
  const { tree, clock, resolve } = begin();
  tree.inodes.set('/a', '10');
  await resolve('10');
  await clock.advance(5000);
  await resolve('10');
  expect(tree.walks).toBe(1);

  const unnamed = { id: '11', generation: 0, path: null, label: 'cgroup 11' };
  expect(await resolve('10', '11')).toMatchObject([{ label: '/a' }, unnamed]);
  expect(tree.walks).toBe(2);
  tree.inodes.set('/b', '11');
  await clock.advance(999);
  expect(await resolve('11')).toEqual([unnamed]);
  await clock.advance(1);
  expect(await resolve('11')).toMatchObject([{ label: '/b' }]);
  expect(tree.walks).toBe(3);
});

test('two cgroups with one leaf name are two', async () => {
  const { tree, resolve } = begin();
  tree.inodes.set('/x', '2').set('/y', '3').set('/x/app', '10').set('/y/app', '11');
  expect(await resolve('10', '11')).toMatchObject([{ path: '/x/app' }, { path: '/y/app' }]);
});

test('two cgroups that have one path one after the other are two, and the old one keeps its name', async () => {
  const { tree, clock, resolve } = begin();
  tree.inodes.set('/app', '10');
  await resolve('10');
  tree.inodes.set('/app', '11');
  await clock.advance(1000);
  expect(await resolve('10', '11')).toEqual([
    { id: '10', generation: 0, path: '/app', label: '/app' },
    { id: '11', generation: 0, path: '/app', label: '/app' },
  ]);
});

test('an id that stands for another cgroup now is noticed, and its generation tells the two apart', async () => {
  const { tree, clock, resolve } = begin();
  tree.inodes.set('/old', '10');
  await resolve('10');
  tree.inodes.delete('/old');
  tree.inodes.set('/new', '10');
  await clock.advance(1000);
  expect(await resolve('10')).toEqual([{ id: '10', generation: 1, path: '/new', label: '/new' }]);
});

test('an id that was gone and is back at the same path is another cgroup', async () => {
  const { tree, clock, resolve } = begin();
  tree.inodes.set('/app', '10');
  await resolve('10');
  tree.inodes.delete('/app');
  await clock.advance(1000);
  expect(await resolve('10')).toMatchObject([{ generation: 0, label: '/app' }]);
  tree.inodes.set('/app', '10');
  await clock.advance(1000);
  expect(await resolve('10')).toMatchObject([{ generation: 1, label: '/app' }]);
});

test('callers at the same time share one walk', async () => {
  const { tree, resolve } = begin();
  tree.inodes.set('/a', '10').set('/b', '11');
  const answers = await Promise.all([resolve('10'), resolve('11')]);
  expect(answers.flat().map((name) => name?.label)).toEqual(['/a', '/b']);
  expect(tree.walks).toBe(1);
});

test('the real file system is walked by inode, and files are no cgroups', async () => {
  const root = mkdtempSync(join(tmpdir(), 'scalelab-test-'));
  try {
    mkdirSync(join(root, 'a b/c'), { recursive: true });
    writeFileSync(join(root, 'tasks'), '');
    const id = statSync(join(root, 'a b/c'), { bigint: true }).ino.toString();
    const names = new CgroupNames({ version: 2, mountPoint: root, ownPath: '/' }, cgroupFiles, new ManualClock());
    expect((await names.resolve([id])).get(id)?.path).toBe('/a b/c');
    expect(await cgroupFiles.directories(join(root, 'tasks'))).toBeNull();
    expect(await cgroupFiles.inode(join(root, 'nothing'))).toBeNull();
  } finally {
    rmSync(root, { recursive: true });
  }
});
