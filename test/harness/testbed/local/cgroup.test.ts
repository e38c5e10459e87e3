import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { systemClock, type Clock } from '../../../../harness/core/clock.ts';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';
import { smallDisk } from '../../../rig/small-disk.ts';
import { delegated, isAlive, sleeperIn } from './cgroup-rig.ts';

const reason = whyNoKernelTests();
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

  test('whoever has given up removes nothing', async () => {
    const { folder } = delegated();
    const cgroup = Cgroup.create(join(folder, 'one'));
    const pid = sleeperIn(cgroup);
    await expect(cgroup.remove(systemClock, AbortSignal.abort(new Error('ctrl-C')))).rejects.toThrow('ctrl-C');
    expect(isAlive(pid)).toBe(true);
  });
});

/** Every nap takes a second, and nobody waits for it. */
function hastyClock(): Clock {
  let nowMs = 0;
  return {
    ...systemClock,
    nowMs: () => nowMs,
    sleep: () => {
      nowMs += 1000;
      return Promise.resolve();
    },
  };
}

test('a cgroup that stays busy is named; a process of another container, listed as 0, gets no signal', async (context) => {
  // A mount point is as busy as a cgroup with a process that does not end.
  const folder = smallDisk(context);
  writeFileSync(join(folder, 'cgroup.procs'), '0\n');
  const kill = vi.spyOn(process, 'kill').mockReturnValue(true);
  onTestFinished(() => {
    kill.mockRestore();
  });
  await expect(Cgroup.existing(folder).remove(hastyClock())).rejects.toMatchObject({
    code: 'testbed-failed',
    message: `The cgroup ${folder} cannot be removed: it is still busy after 5 s.`,
    hint: `End what runs in it (${folder}/cgroup.procs lists it), then run the same command again.`,
  });
  expect(kill).not.toHaveBeenCalled();
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
