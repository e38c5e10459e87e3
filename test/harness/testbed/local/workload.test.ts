import { expect, test } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import type { ChildExit, ProcessRunner } from '../../../../harness/core/process.ts';
import { startWorkload } from '../../../../harness/testbed/local/workload.ts';

const { signal } = new AbortController();

/** A program that is ready at once and answers `report` with this line; `null`: it says nothing at all. */
function speaking(answer: string | null): { readonly runner: ProcessRunner; readonly stops: () => number } {
  let stops = 0;
  const runner: ProcessRunner = (_file, _args, options) => {
    const exit: ChildExit = { exitCode: 0, signal: null, stderrTail: '' };
    if (answer !== null) setImmediate(() => options?.onLine?.('{"type":"ready","pid":1,"threads":[2]}'));
    const stop = (): Promise<ChildExit> => {
      stops++;
      return Promise.resolve(exit);
    };
    return Promise.resolve({
      pid: 1,
      exited: new Promise(() => undefined),
      writeLine: () => options?.onLine?.(answer ?? ''),
      stop,
      [Symbol.asyncDispose]: async () => {
        await stop();
      },
    });
  };
  return { runner, stops: () => stops };
}

async function reportOf(answer: string): Promise<unknown> {
  const { runner } = speaking(answer);
  const workload = await startWorkload({ runner, clock: systemClock }, 'workload', ['canary'], signal);
  return workload.report();
}

test('its counters are read from its report', async () => {
  const line = '{"type":"report","wakeups":12,"skipped":3,"cpuMicros":99}';
  expect(await reportOf(line)).toEqual({ wakeups: 12, skipped: 3 });
});

test.each([
  ['was cut', '{"type":"report","wakeups":12,"ski'],
  ['lacks a count', '{"type":"report","wakeups":12}'],
  ['holds a text', '{"type":"report","wakeups":"12","skipped":3}'],
  ['holds less than nothing', '{"type":"report","wakeups":-1,"skipped":3}'],
])('a report that %s is none', async (_what, line) => {
  expect(await reportOf(line)).toBeNull();
});

test('a program that cannot be started is named with the reason of the system', async () => {
  const runner: ProcessRunner = () => Promise.reject(new Error('spawn workload EACCES'));
  await expect(startWorkload({ runner, clock: systemClock }, 'workload', ['canary'], signal)).rejects.toMatchObject({
    code: 'testbed-failed',
    message: 'workload canary did not start: spawn workload EACCES',
    hint: 'Run `npx scalelab check` to see what this machine lacks.',
  });
});

test('whoever gives up while it starts gets the reason at once, and it is stopped', async () => {
  const { runner, stops } = speaking(null);
  const given = new AbortController();
  const started = startWorkload({ runner, clock: systemClock }, 'workload', ['canary'], given.signal);
  setImmediate(() => {
    given.abort(new Error('ctrl-C'));
  });
  await expect(started).rejects.toThrow('ctrl-C');
  expect(stops()).toBe(1);
});
