import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import { startChild } from '../../../../harness/core/process.ts';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { findLeftovers, removeAllLeftovers } from '../../../../harness/testbed/local/leftovers.ts';
import { createRunGroup } from '../../../../harness/testbed/local/run-group.ts';
import { ownSubtrees } from '../../../../harness/testbed/local/subtree.ts';
import { startUnits } from '../../../../harness/testbed/local/systemd-unit.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { isAlive, runNameOf, sleeper } from './cgroup-rig.ts';
import { FakeSystemd } from './fake-systemd.ts';

const reason = whyNoKernelTests();
describe.skipIf(reason !== null)(`on the real kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  const gone = 'run-999999999-1';
  let made = 0;

  /** A subtree of its own in every hierarchy, and a folder for those of runs. */
  function world() {
    const subtree = `scalelab-test-${process.pid}-left-${++made}`;
    const owner = { isRoot: true, isSystemd: false, subtree };
    const { subtrees } = ownSubtrees(owner);
    onTestFinished(async () => {
      for (const { path } of subtrees) await Cgroup.existing(path).remove(systemClock);
    });
    const dependencies = {
      ...{ clock: systemClock, runner: startChild },
      ...owner,
      pid: process.pid,
      temporaryFolder: temporaryFolder(),
    };
    return { dependencies, paths: subtrees.map(({ path }) => path), subtrees };
  }

  function enter(paths: readonly string[]): number {
    const pid = sleeper();
    for (const path of paths) writeFileSync(join(path, 'cgroup.procs'), String(pid));
    return pid;
  }

  /** What is there of a run in all hierarchies, but in that of v1 for CPU sets, which a process cannot enter before it has CPUs. */
  function leave(paths: readonly string[]): { readonly pid: number; readonly cgroups: readonly string[] } {
    const cgroups = paths.map((path) => join(path, gone));
    for (const path of cgroups) mkdirSync(join(path, 'service', 'replica'), { recursive: true });
    const leaves = cgroups.map((path) => join(path, 'service', 'replica'));
    return { pid: enter(leaves.filter((path) => !existsSync(join(path, 'cpuset.cpus')))), cgroups };
  }

  test('what a killed run has left is found in every hierarchy, with its processes and its folder', () => {
    const { dependencies, paths } = world();
    const { pid, cgroups } = leave(paths);
    const folder = join(dependencies.temporaryFolder, `${dependencies.subtree}-${gone}`);
    mkdirSync(folder);
    expect(findLeftovers(dependencies)).toEqual({
      cgroups,
      processes: [{ pid, command: 'sleep 1000' }],
      folders: [folder],
      units: [],
      busy: null,
    });
    expect(isAlive(pid)).toBe(true);
  });

  test('it is ended and removed, and neither a bystander nor a run that goes on is touched', async () => {
    const { dependencies, paths, subtrees } = world();
    const { pid } = leave(paths);
    mkdirSync(join(dependencies.temporaryFolder, `${dependencies.subtree}-${gone}`, 'spans'), { recursive: true });
    const other = sleeper();
    const goesOn = createRunGroup(subtrees, other);
    const bystanders = paths.map((path) => `${path}-bystander`);
    for (const path of bystanders) mkdirSync(path);
    onTestFinished(async () => {
      for (const path of bystanders) await Cgroup.existing(path).remove(systemClock);
    });
    const bystander = enter(bystanders.filter((path) => !existsSync(join(path, 'cpuset.cpus'))));
    await removeAllLeftovers(dependencies);
    expect([pid, bystander, other].map(isAlive)).toEqual([false, true, true]);
    expect(paths.map((path) => readdirSync(path).filter((name) => name.startsWith('run-')))).toEqual(
      paths.map(() => [runNameOf(other)]),
    );
    expect(readdirSync(dependencies.temporaryFolder)).toEqual([]);
    expect(findLeftovers(dependencies)).toMatchObject({
      cgroups: [],
      busy: `Another run of Scalelab measures this machine: process ${other}.`,
    });
    await goesOn.remove(systemClock);
  });

  test('with the last of it the subtree goes from every hierarchy', async () => {
    const { dependencies, paths } = world();
    leave(paths);
    await removeAllLeftovers(dependencies);
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
  });

  test('a run that was killed while it was made is in some hierarchies only, and is found there', async () => {
    const { dependencies, paths } = world();
    const last = join(paths.at(-1) ?? '', gone);
    mkdirSync(last, { recursive: true });
    expect(findLeftovers(dependencies).cgroups).toEqual([last]);
    await removeAllLeftovers(dependencies);
    expect(existsSync(last)).toBe(false);
  });
});

describe('where our subtree is the cgroup of a systemd unit', () => {
  function world() {
    const systemd = new FakeSystemd();
    const dependencies = {
      ...{ clock: systemClock, runner: systemd.runner, isRoot: true, isSystemd: true, subtree: 'ours' },
      ...{ pid: process.pid, temporaryFolder: temporaryFolder() },
    };
    return { systemd, dependencies, found: () => findLeftovers(dependencies, systemd.subtrees) };
  }

  test('the unit of a run that was killed is found and stopped, with whatever is in it', async () => {
    const { systemd, dependencies, found } = world();
    await startUnits(systemd.subtrees, dependencies);
    expect(found()).toEqual({ cgroups: [], processes: [], folders: [], units: ['ours.service'], busy: null });
    const run = join(systemd.path, 'run-999999999-1');
    mkdirSync(run);
    expect(found()).toMatchObject({ cgroups: [run], units: ['ours.service'] });
    await removeAllLeftovers(dependencies, undefined, systemd.subtrees);
    expect(existsSync(systemd.path)).toBe(false);
    expect(found().units).toEqual([]);
  });

  test('that of a run that goes on is left alone', async () => {
    const { systemd, dependencies, found } = world();
    await startUnits(systemd.subtrees, dependencies);
    mkdirSync(join(systemd.path, runNameOf(process.ppid)));
    expect(found().units).toEqual([]);
    await removeAllLeftovers(dependencies, undefined, systemd.subtrees);
    expect(systemd.commands().at(-1)).toMatch(/^systemd-run /);
  });
});
