import { expect, test } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import type { ChildExit, ProcessRunner } from '../../../../harness/core/process.ts';
import { Cgroup } from '../../../../harness/testbed/local/cgroup.ts';
import { ResourceGroup } from '../../../../harness/testbed/local/resource-group.ts';
import { startDisturbance, type DisturbanceOptions } from '../../../../harness/testbed/local/disturbance.ts';
import { temporaryFolder } from '../../../rig/temporary-folder.ts';

const { signal } = new AbortController();

const groupIn = (path: string): ResourceGroup =>
  new ResourceGroup([{ cgroup: Cgroup.existing(path), version: 1, controllers: ['cpu'] }]);

/** A supervisor of `stress` in an empty cgroup that ends in this way, or never. */
function options(exit: Partial<ChildExit> | null): DisturbanceOptions & { readonly stops: () => number } {
  let stops = 0;
  const ended: ChildExit = { exitCode: null, signal: null, stderrTail: '', ...exit };
  const stop = (): Promise<ChildExit> => {
    stops++;
    return Promise.resolve(ended);
  };
  const runner: ProcessRunner = () =>
    Promise.resolve({
      pid: 1,
      exited: exit === null ? new Promise(() => undefined) : Promise.resolve(ended),
      writeLine: () => undefined,
      stop,
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    });
  return {
    ...{ runner, clock: systemClock, workload: 'workload', stress: 'stress', threads: 2 },
    group: groupIn(temporaryFolder()),
    cpus: null,
    stops: () => stops,
  };
}

test.each([
  [3, 'scalelab-workload: cannot enter the cgroup of x: No such file or directory'],
  [127, 'scalelab-workload: cannot run stress: Permission denied'],
])('exit status %i: it cannot be run at all, and the last words say why', async (exitCode, lastWords) => {
  const started = startDisturbance(options({ exitCode, stderrTail: `${lastWords}\n` }), signal);
  await expect(started).rejects.toMatchObject({
    code: 'testbed-failed',
    message: expect.stringMatching(/^workload exec --cgroup-procs .+ -- stress --cpu 2 did not start: /) as string,
    hint: 'Run `npx scalelab check` to see what this machine lacks.',
  });
  await expect(started).rejects.toThrow(lastWords);
});

test('any other end is that of stress, to which the system refused its workers', async () => {
  const disturbance = await startDisturbance(options({ exitCode: 1, stderrTail: 'stress: FAIL: fork failed' }), signal);
  expect(disturbance.evidence()).toEqual({ program: 'stress', wanted: 2, started: 0, alive: 0 });
});

test('whoever gives up while its workers start gets the reason at once, and it is stopped', async () => {
  const given = new AbortController();
  const never = options(null);
  const started = startDisturbance(never, given.signal);
  setImmediate(() => {
    given.abort(new Error('ctrl-C'));
  });
  await expect(started).rejects.toThrow('ctrl-C');
  expect(never.stops()).toBe(1);
});
