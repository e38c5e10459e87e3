import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { busyWith, createRunGroup, removeLeftovers } from '../../../../harness/testbed/local/run-group.ts';
import { subtreeOf } from '../../../../harness/testbed/local/subtree.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';
import { delegated, isAlive, runNameOf, sleeper, sleeperIn } from './cgroup-rig.ts';

const reason = whyNoKernelTests();
describe.skipIf(reason !== null)(`on the real kernel${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('left-overs of a process that is gone are removed; those of one that lives, and a bystander, are not touched', async () => {
    const { subtree, folder } = delegated();
    const own = createRunGroup([subtree], process.pid).group.cpu;
    const dead = Cgroup.create(join(subtree.path, 'run-999999999-1'));
    const started = Cgroup.create(join(subtree.path, 'run-999999998-0'));
    const reused = Cgroup.create(join(subtree.path, `run-${process.pid}-1`));
    const other = Cgroup.create(join(subtree.path, 'somebody'));
    const bystander = Cgroup.create(join(folder, 'bystander'));
    const [orphan, mine, stranger] = [sleeperIn(dead), sleeperIn(own), sleeperIn(bystander)];
    const removed = await removeLeftovers([subtree], systemClock);
    expect(new Set(removed)).toEqual(new Set(['run-999999999-1', 'run-999999998-0', `run-${process.pid}-1`]));
    expect([dead, started, reused, own, other].map(({ path }) => existsSync(path))).toEqual([
      ...[false, false, false],
      ...[true, true],
    ]);
    expect([orphan, mine, stranger].map(isAlive)).toEqual([false, true, true]);
    rmdirSync(other.path);
  });

  test('the subtree goes with its last run and stays while another is in it', async () => {
    const { subtree } = delegated();
    const [first, second] = [process.pid, process.ppid].map((pid) => createRunGroup([subtree], pid));
    await first?.remove(systemClock);
    expect(existsSync(subtree.path)).toBe(true);
    await second?.remove(systemClock);
    expect(existsSync(subtree.path)).toBe(false);
  });

  test('a run of another process that lives keeps the machine busy until it is gone; our own does not', async () => {
    const { subtree } = delegated();
    const own = createRunGroup([subtree], process.pid);
    expect(busyWith([subtree], process.pid)).toBeNull();
    const other = sleeper();
    const foreign = createRunGroup([subtree], other);
    expect(busyWith([subtree], process.pid)).toEqual({
      message: `Another run of Scalelab measures this machine: process ${other}.`,
      hint: `Wait until it has ended, or stop it with \`kill -INT ${other}\`: each would disturb the other.`,
    });
    expect(await removeLeftovers([subtree], systemClock)).toEqual([]);
    await foreign.remove(systemClock);
    expect(busyWith([subtree], process.pid)).toBeNull();
    await own.remove(systemClock);
  });

  test('one that was killed keeps nothing busy, even if its parent never asks how it ended', async () => {
    const { subtree } = delegated();
    // The shell starts a process, kills it, and then becomes a program that never waits for it.
    const shell = spawn('sh', ['-c', 'sleep 1000 & echo $!; read -r go; kill -9 $!; exec sleep 1000'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      shell.kill('SIGKILL');
    });
    const zombie = Number(String(await once(shell.stdout, 'data')));
    const name = runNameOf(zombie);
    const run = createRunGroup([subtree], zombie);
    expect(busyWith([subtree], process.pid)).not.toBeNull();
    shell.stdin.end('go\n');
    while (isAlive(zombie)) await systemClock.sleep(5);
    expect(existsSync(`/proc/${zombie}/stat`)).toBe(true);
    expect(busyWith([subtree], process.pid)).toBeNull();
    expect(await removeLeftovers([subtree], systemClock)).toEqual([name]);
    await run.remove(systemClock);
  });
});

test('a run that holds processes of another container is no left-over, and keeps the machine busy', async () => {
  const subtree = { path: temporaryFolder(), version: 1, controllers: ['cpu'], unit: null } as const;
  const run = join(subtree.path, 'run-999999999-1');
  mkdirSync(join(run, 'canary'), { recursive: true });
  writeFileSync(join(run, 'canary', 'cgroup.procs'), '0\n');
  expect(await removeLeftovers([subtree], systemClock)).toEqual([]);
  expect(existsSync(run)).toBe(true);
  expect(busyWith([subtree], process.pid)).toEqual({
    message: `Another run of Scalelab measures this machine, from another container: ${run}.`,
    hint: 'Wait until it has ended, or stop it there: each would disturb the other.',
  });
});

test('a run whose cgroup does not get the controller leaves nothing of itself', () => {
  const parent = temporaryFolder();
  const subtree = join(parent, 'scalelab');
  mkdirSync(subtree);
  // Looks like v2 down to the subtree; a cgroup that is made in it lacks the files of a real one.
  for (const folder of [parent, subtree]) {
    writeFileSync(join(folder, 'cgroup.subtree_control'), 'cpu\n');
    writeFileSync(join(folder, 'cgroup.procs'), '');
  }
  expect(() => createRunGroup([{ path: subtree, version: 2, controllers: ['cpu'], unit: null }], process.pid)).toThrow(
    /ENOENT.*run-\d+-\d+/,
  );
  expect(readdirSync(subtree).filter((name) => name.startsWith('run-'))).toEqual([]);
});

/** Looks like the root of a v2 tree; a cgroup that is made in it lacks the files of a real one, so that every run fails in it. */
function rootOfV2(handsDown: string): { readonly parent: string; readonly create: () => unknown } {
  const parent = temporaryFolder();
  writeFileSync(join(parent, 'cgroup.subtree_control'), handsDown);
  writeFileSync(join(parent, 'cgroup.procs'), '');
  const subtree = { path: join(parent, 'scalelab'), version: 2, controllers: ['cpu', 'memory'], unit: null } as const;
  return { parent, create: () => createRunGroup([subtree], process.pid) };
}

const lastWrite = (parent: string): string => readFileSync(join(parent, 'cgroup.subtree_control'), 'utf8');

test('what a killed run had handed down in the root of the tree is taken back by the next one, which knows it from a note', () => {
  const { parent, create } = rootOfV2('cpu memory\n');
  mkdirSync(join(parent, 'scalelab', 'handed-down-memory'), { recursive: true });
  expect(create).toThrow(/ENOENT/);
  expect(lastWrite(parent)).toBe('-memory');
  expect(existsSync(join(parent, 'scalelab'))).toBe(false);
});

test('what nobody has noted stays handed down', () => {
  const { parent, create } = rootOfV2('cpu memory\n');
  mkdirSync(join(parent, 'scalelab'));
  expect(create).toThrow(/ENOENT/);
  expect(lastWrite(parent)).toBe('cpu memory\n');
});

test('systemd hands down to its unit: nothing is changed in the slice that it is in, and the unit stays when the run goes', () => {
  const slice = temporaryFolder();
  const path = join(slice, 'scalelab.service');
  mkdirSync(path);
  for (const folder of [slice, path]) {
    writeFileSync(join(folder, 'cgroup.subtree_control'), folder === path ? '' : 'memory\n');
    writeFileSync(join(folder, 'cgroup.type'), 'domain\n');
    writeFileSync(join(folder, 'cgroup.procs'), '');
  }
  const subtree = { path, version: 2, controllers: ['cpu', 'memory'], unit: 'scalelab.service' } as const;
  expect(() => createRunGroup([subtree], process.pid)).toThrow(/ENOENT.*run-\d+-\d+/);
  expect(lastWrite(slice)).toBe('memory\n');
  expect(lastWrite(path)).toBe('+cpu +memory');
  expect(readdirSync(slice).filter((name) => !name.startsWith('cgroup.'))).toEqual(['scalelab.service']);
  expect(readdirSync(path).filter((name) => !name.startsWith('cgroup.'))).toEqual([]);
});

test('a run leaves its unit where it is', async () => {
  const path = temporaryFolder();
  const run = createRunGroup([{ path, version: 2, controllers: ['cpuacct'], unit: 'scalelab.service' }], process.pid);
  expect(readdirSync(path)).toEqual([runNameOf(process.pid)]);
  await run.remove(systemClock);
  expect(readdirSync(path)).toEqual([]);
});

describe('our subtree', () => {
  const hierarchy = { version: 2, mountPoint: '/sys/fs/cgroup', ownPath: '/user.slice/scope' } as const;
  const pathOf = (where: { readonly ownPath: string }, isRoot: boolean, name = 'scalelab'): string =>
    subtreeOf({ ...hierarchy, ...where }, { isRoot, isSystemd: false, subtree: name }).path;

  test('is below the root for root, and below the own cgroup for everybody else', () => {
    expect(pathOf(hierarchy, true)).toBe('/sys/fs/cgroup/scalelab');
    expect(pathOf(hierarchy, false)).toBe('/sys/fs/cgroup/user.slice/scope/scalelab');
    expect(pathOf({ ownPath: '/' }, false)).toBe('/sys/fs/cgroup/scalelab');
    expect(pathOf(hierarchy, true, 'ours.2')).toBe('/sys/fs/cgroup/ours.2');
  });

  test('is where it was for a shell that a killed run has moved into the waiting room', () => {
    expect(pathOf({ ownPath: '/user.slice/scope/scalelab-harness' }, false)).toBe(
      '/sys/fs/cgroup/user.slice/scope/scalelab',
    );
  });

  test.each(['', '.', '..', 'a/b', '../a', '-a', 'a b', 'ä', 'scalelab-harness'])('is never called %j', (name) => {
    expect(() => pathOf(hierarchy, true, name)).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: `${JSON.stringify(name)} is not a name for our cgroup.`,
        hint: 'Set SCALELAB_CGROUP to letters, digits, dots, dashes and underscores that start with a letter or digit, or unset it.',
      }) as Error,
    );
  });
});
