import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { subtreeOf, type Subtree } from '../../../../harness/testbed/local/subtree.ts';
import { ownCpuHierarchy } from '../../../../tracer/client/cpu-hierarchy.ts';

/** A process that sleeps until the test is over. */
export function sleeper(): number {
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child.pid ?? 0;
}

export function sleeperIn(cgroup: Cgroup): number {
  const pid = sleeper();
  writeFileSync(cgroup.processesFile, String(pid));
  return pid;
}

export function isAlive(pid: number): boolean {
  const status = existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : 'State:\tX';
  return !/^State:\t[ZX]/m.test(status);
}

/** The name of the cgroup of a run of another process. */
export function runNameOf(pid: number): string {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return `run-${pid}-${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? ''}`;
}

/** The subtree of a made-up delegated cgroup, so that no run of this machine is in the way. */
export function delegated(): { readonly subtree: Subtree; readonly folder: string } {
  const hierarchy = ownCpuHierarchy();
  if (hierarchy === null) throw new Error('no cgroups');
  const owner = { isRoot: false, isSystemd: false, subtree: 'scalelab' };
  const name = `/scalelab-test-${process.pid}-${Math.round(performance.now() * 1000)}`;
  const folder = join(hierarchy.mountPoint, name);
  mkdirSync(folder);
  onTestFinished(async () => {
    await Cgroup.existing(folder).remove(systemClock);
  });
  return { subtree: subtreeOf({ ...hierarchy, ownPath: name }, owner), folder };
}
