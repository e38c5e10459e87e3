import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import { Cgroup, createRunGroup, removeLeftovers, subtreeOf } from '../../../../harness/testbed/local/cgroup.ts';
import { ownCpuHierarchy } from '../../../../tracer/client/cpu-hierarchy.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';

const reason = whyNoKernelTests();

/** A process that sleeps in a cgroup. */
function sleeperIn(cgroup: Cgroup): number {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const pid = child.pid ?? 0;
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  writeFileSync(cgroup.processesFile, String(pid));
  return pid;
}

function isAlive(pid: number): boolean {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : 'State:\tX';
  return !/^State:\t[ZX]/m.test(status);
}

/** The subtree of a made-up delegated cgroup, so that no run of this machine is in the way. */
function delegated(): { readonly hierarchy: NonNullable<ReturnType<typeof ownCpuHierarchy>>; readonly folder: string } {
  const hierarchy = ownCpuHierarchy();
  if (hierarchy === null) throw new Error('no cgroups');
  const name = `/scalelab-test-${process.pid}-${Math.round(performance.now() * 1000)}`;
  const folder = join(hierarchy.mountPoint, name);
  mkdirSync(folder);
  onTestFinished(async () => {
    await Cgroup.existing(folder).remove(systemClock);
  });
  return { hierarchy: { ...hierarchy, ownPath: name }, folder };
}

describe.skipIf(reason !== null)(`cgroups of the real kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('the id of a cgroup is the inode of its directory, and its processes and threads are listed', () => {
    const { folder } = delegated();
    const cgroup = Cgroup.create(join(folder, 'one'));
    const pid = sleeperIn(cgroup);
    expect(cgroup.id).toMatch(/^\d+$/);
    expect(cgroup.processes()).toEqual([pid]);
    expect(cgroup.threads()).toEqual([pid]);
  });

  test('removing kills what is in it and below it', async () => {
    const { folder } = delegated();
    const outer = Cgroup.create(join(folder, 'outer'));
    const inner = Cgroup.create(join(folder, 'outer', 'inner'));
    const pids = [sleeperIn(outer), sleeperIn(inner)];
    await outer.remove(systemClock);
    expect(existsSync(outer.path)).toBe(false);
    expect(pids.map(isAlive)).toEqual([false, false]);
  });

  test('left-overs of a process that is gone are removed; those of one that lives, and a bystander, are not touched', async () => {
    const { hierarchy, folder } = delegated();
    const own = createRunGroup(hierarchy, false, process.pid).cgroup;
    const dead = Cgroup.create(join(folder, 'scalelab', 'run-999999999-1'));
    const reused = Cgroup.create(join(folder, 'scalelab', `run-${process.pid}-1`));
    const other = Cgroup.create(join(folder, 'scalelab', 'somebody'));
    const bystander = Cgroup.create(join(folder, 'bystander'));
    const [orphan, mine, stranger] = [sleeperIn(dead), sleeperIn(own), sleeperIn(bystander)];
    const removed = await removeLeftovers(hierarchy, false, systemClock);
    expect(new Set(removed)).toEqual(new Set(['run-999999999-1', `run-${process.pid}-1`]));
    expect([dead, reused, own, other].map(({ path }) => existsSync(path))).toEqual([false, false, true, true]);
    expect([orphan, mine, stranger].map(isAlive)).toEqual([false, true, true]);
    rmdirSync(other.path);
  });

  test('the subtree goes with its last run and stays while another is in it', async () => {
    const { hierarchy } = delegated();
    const [first, second] = [process.pid, process.ppid].map((pid) => createRunGroup(hierarchy, false, pid));
    await first?.remove(systemClock);
    expect(existsSync(subtreeOf(hierarchy, false))).toBe(true);
    await second?.remove(systemClock);
    expect(existsSync(subtreeOf(hierarchy, false))).toBe(false);
  });
});

test('a cgroup that cannot be made is refused with its path and the remedy', () => {
  expect(() => Cgroup.create('/nowhere/at/all')).toThrow(
    expect.objectContaining({
      code: 'machine-lacks',
      message: expect.stringMatching(/^The cgroup \/nowhere\/at\/all cannot be made: ENOENT/) as string,
      hint: 'Run as root, or in a delegated scope: systemd-run --user --scope -p Delegate=yes npx scalelab run FILE.',
    }) as Error,
  );
});

describe('our subtree', () => {
  const hierarchy = { version: 2, mountPoint: '/sys/fs/cgroup', ownPath: '/user.slice/scope' } as const;

  test('is below the root for root, and below the own cgroup for everybody else', () => {
    expect(subtreeOf(hierarchy, true)).toBe('/sys/fs/cgroup/scalelab');
    expect(subtreeOf(hierarchy, false)).toBe('/sys/fs/cgroup/user.slice/scope/scalelab');
    expect(subtreeOf({ ...hierarchy, ownPath: '/' }, false)).toBe('/sys/fs/cgroup/scalelab');
  });

  test('is where it was for a shell that a killed run has moved into the waiting room', () => {
    const moved = { ...hierarchy, ownPath: '/user.slice/scope/scalelab-harness' };
    expect(subtreeOf(moved, false)).toBe('/sys/fs/cgroup/user.slice/scope/scalelab');
  });
});
