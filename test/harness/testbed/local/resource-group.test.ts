import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { ResourceGroup } from '../../../../harness/testbed/local/resource-group.ts';
import { controllers } from '../../../../harness/testbed/local/subtree.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { runGroup, until } from './application/application-rig.ts';
import { isAlive, sleeper } from './cgroup-rig.ts';

const reason = whyNoKernelTests();
describe.skipIf(reason !== null)(`a group on the real kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('is a cgroup in every hierarchy that we use, which a process can enter at once', () => {
    const group = runGroup().child('service').child('replica');
    const pid = sleeper();
    for (const file of group.processesFiles) writeFileSync(file, String(pid));
    expect(group.places.map(({ cgroup }) => cgroup.processes())).toEqual(group.places.map(() => [pid]));
    expect(new Set(group.places.flatMap(({ controllers }) => controllers))).toEqual(
      new Set(['cpu', 'cpuacct', 'cpuset', 'memory']),
    );
  });

  test('is killed as a whole, with what is below it, and nothing beside it', async () => {
    const run = runGroup();
    const service = run.child('service');
    // On v2 no process may be in a cgroup that hands controllers down, so all of them are in leaves.
    const groups = [service.child('one'), service.child('two'), run.child('other')];
    const pids = groups.map(({ processesFiles }) => {
      const pid = sleeper();
      for (const file of processesFiles) writeFileSync(file, String(pid));
      return pid;
    });
    service.kill();
    await until(() => pids.slice(0, 2).every((pid) => !isAlive(pid)));
    expect(pids.map(isAlive)).toEqual([false, false, true]);
  });

  test('is removed from every hierarchy', async () => {
    const group = runGroup().child('service');
    const paths = group.places.map(({ cgroup }) => cgroup.path);
    await group.remove(systemClock);
    expect(paths.filter((path) => existsSync(path))).toEqual([]);
  });

  test('that cannot be made everywhere is made nowhere', () => {
    const run = runGroup();
    const [first] = run.places;
    const last = run.places.at(-1);
    if (first === undefined || last === undefined) throw new Error('no hierarchies');
    last.cgroup.removeEmpty();
    expect(() => run.child('one')).toThrow(/cannot be made/);
    expect(existsSync(`${first.cgroup.path}/one`)).toBe(false);
  });
});

test('on v2 a group hands its controllers down to its first child, but not CPU time, which comes with cpu', () => {
  const folder = temporaryFolder();
  for (const file of ['cgroup.subtree_control', 'cgroup.procs', 'cgroup.type']) writeFileSync(join(folder, file), '');
  const place = { cgroup: Cgroup.existing(folder), version: 2, controllers } as const;
  new ResourceGroup([place]).child('one');
  expect(readFileSync(join(folder, 'cgroup.subtree_control'), 'utf8')).toBe('+cpu +cpuset +memory');
});

test('on v1 a new cgroup for CPU sets has what its parent has: the kernel gives it none', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'cpuset.cpus'), '0-3\n');
  writeFileSync(join(folder, 'cpuset.mems'), '0\n');
  const place = { cgroup: Cgroup.existing(folder), version: 1, controllers: ['cpuset'] } as const;
  const [child] = new ResourceGroup([place]).child('one').places;
  const read = (file: string): string => readFileSync(join(child?.cgroup.path ?? '', file), 'utf8');
  expect([read('cpuset.cpus'), read('cpuset.mems')]).toEqual(['0-3\n', '0\n']);
});
