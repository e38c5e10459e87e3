import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { probeCgroups } from '../../../../harness/testbed/local/probe.ts';
import type { CpuHierarchy } from '../../../../tracer/client/cpu-hierarchy.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

/** A folder that looks like a delegated cgroup. */
function delegatedWith(controllers: string): CpuHierarchy {
  const mountPoint = temporaryFolder();
  const own = join(mountPoint, 'own');
  mkdirSync(own);
  writeFileSync(join(own, 'cgroup.controllers'), `${controllers}\n`);
  for (const name of ['cgroup.procs', 'cgroup.subtree_control']) writeFileSync(join(own, name), '');
  return { version: 2, mountPoint, ownPath: '/own' };
}

const hint = 'Run as root, or in a delegated scope: systemd-run --user --scope -p Delegate=yes npx scalelab run FILE.';
const problem = (message: string): unknown => ({ severity: 'error', code: 'cgroup-not-writable', message, hint });

test('a delegated cgroup with the cpu controller is good enough', () => {
  expect(
    probeCgroups({ isRoot: false, isSystemd: true, subtree: 'scalelab' }, delegatedWith('cpu memory pids')),
  ).toEqual([]);
});

test('a delegated cgroup without the cpu controller is refused before anything is started', () => {
  const hierarchy = delegatedWith('memory pids');
  const own = join(hierarchy.mountPoint, 'own');
  const message = `The cgroup ${own} has no cpu controller to hand down, only: memory pids.`;
  expect(probeCgroups({ isRoot: false, isSystemd: true, subtree: 'scalelab' }, hierarchy)).toEqual([problem(message)]);
});

test('a delegated cgroup whose files were not given to us is refused', () => {
  const hierarchy = delegatedWith('cpu');
  const file = join(hierarchy.mountPoint, 'own', 'cgroup.subtree_control');
  // Missing, since root may write any file that is there.
  rmSync(file);
  expect(probeCgroups({ isRoot: false, isSystemd: true, subtree: 'scalelab' }, hierarchy)).toEqual([
    problem(`The cgroup file ${file} is not writable.`),
  ]);
});

test('a machine without cgroups is refused', () => {
  expect(probeCgroups({ isRoot: true, isSystemd: true, subtree: 'scalelab' }, null)).toEqual([
    problem('No cgroup hierarchy is mounted.'),
  ]);
});

test('where systemd is the init, the root of the hierarchy tells what its unit will get', () => {
  const hierarchy = { ...delegatedWith('cpu memory pids'), ownPath: '/user.slice' };
  const root = { ...hierarchy, mountPoint: join(hierarchy.mountPoint, 'own') };
  mkdirSync(join(root.mountPoint, 'system.slice'));
  expect(probeCgroups({ isRoot: true, isSystemd: true, subtree: 'scalelab' }, root)).toEqual([]);
});
