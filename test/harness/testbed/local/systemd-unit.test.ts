import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock, type Clock } from '../../../../harness/core/clock.ts';
import { startUnits, stopUnits, unitsOf } from '../../../../harness/testbed/local/systemd-unit.ts';
import { FakeSystemd } from './fake-systemd.ts';

const hint = 'Run `systemctl status ours.service`; if it is not ours, set SCALELAB_CGROUP to another name.';

/** Time passes only while somebody sleeps. */
function hurriedClock(): Clock {
  let nowMs = 0;
  return {
    ...systemClock,
    nowMs: () => nowMs,
    sleep: (ms) => {
      nowMs += ms;
      return Promise.resolve();
    },
  };
}

function world(clock = systemClock) {
  const systemd = new FakeSystemd();
  const { subtrees, runner } = systemd;
  return {
    systemd,
    subtrees,
    start: () => startUnits(subtrees, { runner, clock }),
    stop: () => stopUnits(subtrees, runner),
  };
}

test('a unit is started once, with a process in a cgroup of its own, and stopped', async () => {
  const { systemd, subtrees, start, stop } = world();
  expect(unitsOf(subtrees)).toEqual([]);
  await start();
  await start();
  expect(unitsOf(subtrees)).toEqual(['ours.service']);
  const holder = join(systemd.path, 'scalelab-holder');
  expect(readFileSync(join(holder, 'cgroup.procs'), 'utf8')).toBe('0\n');
  await stop();
  await stop();
  expect(existsSync(systemd.path)).toBe(false);
  expect(systemd.commands()).toEqual([
    'systemd-run --quiet --collect --unit=ours.service --slice=system.slice --description=Cgroups of the runs of Scalelab' +
      ' -p Type=exec -p Delegate=yes -p OOMPolicy=continue -p TasksMax=infinity' +
      ` /bin/sh -c mkdir '${holder}' && echo 0 > '${holder}'/cgroup.procs && exec sleep infinity`,
    'systemctl stop ours.service',
  ]);
});

test('it goes on while there is a run in it, whosever that is', async () => {
  const { systemd, start, stop } = world();
  await start();
  const run = join(systemd.path, 'run-999999999-1');
  mkdirSync(run);
  await stop();
  expect(existsSync(run)).toBe(true);
  rmdirSync(run);
  await stop();
  expect(existsSync(systemd.path)).toBe(false);
});

test('a start that another one has forestalled is no error', async () => {
  const { systemd, start } = world();
  systemd.program(
    'systemd-run',
    'mkdir -p "$slice/ours.service/scalelab-holder"; echo 7 > "$slice/ours.service/scalelab-holder/cgroup.procs"\n' +
      'echo "Failed to start transient service unit: Unit ours.service was already loaded." >&2; exit 1\n',
  );
  await start();
  expect(systemd.commands()).toHaveLength(1);
});

test('a start that fails is told in the words of systemd', async () => {
  const { systemd, start } = world(hurriedClock());
  systemd.program('systemd-run', 'echo "Failed to connect to bus: No such file or directory" >&2; exit 1');
  await expect(start()).rejects.toMatchObject({
    code: 'testbed-failed',
    message:
      'systemd did not start the unit ours.service, in which our cgroups are: Failed to connect to bus: No such file or directory.',
    hint,
  });
});

test('the unit of somebody else is neither used nor stopped', async () => {
  const { systemd, subtrees, start, stop } = world(hurriedClock());
  mkdirSync(join(systemd.path, 'worker'), { recursive: true });
  await expect(start()).rejects.toMatchObject({
    code: 'testbed-failed',
    message:
      'systemd did not start the unit ours.service, in which our cgroups are: Failed to start transient service unit: Unit ours.service was already loaded.',
    hint,
  });
  expect(unitsOf(subtrees)).toEqual([]);
  await stop();
  expect(systemd.commands().filter((command) => command.startsWith('systemctl'))).toEqual([]);
});

test('a unit that is started but has no process where it should be is an error', async () => {
  const { systemd, start } = world(hurriedClock());
  systemd.program('systemd-run', 'exit 0');
  await expect(start()).rejects.toMatchObject({
    message: `systemd did not start the unit ours.service, in which our cgroups are: there is no process in ${systemd.path}/scalelab-holder.`,
  });
});

test('one that does not stop is an error, but not one that is gone', async () => {
  const { systemd, start, stop } = world();
  await start();
  systemd.program('systemctl', 'echo "Failed to stop ours.service: Access denied" >&2; exit 4');
  await expect(stop()).rejects.toMatchObject({
    code: 'testbed-failed',
    message:
      'systemd did not stop the unit ours.service, in which our cgroups are: Failed to stop ours.service: Access denied.',
    hint,
  });
  systemd.program('systemctl', 'rm -r "$slice/$2"; echo "Failed to stop $2: Unit $2 not loaded." >&2; exit 5');
  await stop();
});
