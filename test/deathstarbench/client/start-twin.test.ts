import { expect, test } from 'vitest';
import { startTwin } from '../../../deathstarbench/client/start-twin.ts';
import type { TwinOrder } from '../../../deathstarbench/client/twin.ts';
import { systemClock } from '../../../harness/core/clock.ts';
import type { ChildExit, ProcessRunner } from '../../../harness/core/process.ts';
import { operationOf, serviceOf } from '../small-application.ts';

const order: TwinOrder = {
  program: '/opt/twin',
  launcher: '/opt/launcher',
  runFolder: '/run/x',
  service: serviceOf('text-service', 'service', [operationOf('do')]),
  replica: 'text-1',
  port: 4000,
  cgroupFiles: ['/cg/cpu/cgroup.procs', '/cg/memory/cgroup.procs'],
  cpus: '1-3',
};

/** A program that says this line at once, and ends when it is told so. */
function speaking(line: string | null) {
  const commands: (readonly string[])[] = [];
  let end: (exit: ChildExit) => void = () => undefined;
  const exited = new Promise<ChildExit>((resolve) => {
    end = resolve;
  });
  const runner: ProcessRunner = (file, args, options) => {
    commands.push([file, ...args]);
    if (line !== null) setImmediate(() => options?.onLine?.(line));
    const stop = (): Promise<ChildExit> => exited;
    return Promise.resolve({
      // No process has this number, so that a signal reaches nobody.
      pid: 2 ** 22 + 1,
      exited,
      writeLine: () => undefined,
      stop,
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  };
  return { runner, commands, end };
}

const start = (runner: ProcessRunner, changes: Partial<TwinOrder> = {}, signal = new AbortController().signal) =>
  startTwin({ ...order, ...changes }, { runner, clock: systemClock, signal });

test('it enters its cgroups and CPUs and becomes the replica', async () => {
  const { runner, commands } = speaking('{"type":"ready","pid":7,"port":4000}');
  const replica = await start(runner);
  expect(await replica.ready).toBe(4000);
  expect(commands.map((words) => words.join(' '))).toEqual([
    '/opt/launcher enter --cgroup-procs /cg/cpu/cgroup.procs --cgroup-procs /cg/memory/cgroup.procs --cpus 1-3 -- ' +
      '/opt/twin serve --model /run/x/model --service text-service --replica text-1 --port 4000 ' +
      '--registry /run/x/registry/replicas --control /run/x/text-1.sock --spans /run/x/spans/text-1.spans ' +
      '--spans-most-bytes 67108864',
  ]);
});

test('without CPUs of its own it is left to its cgroups', async () => {
  const { runner, commands } = speaking(null);
  await start(runner, { cpus: null, cgroupFiles: [] });
  expect(commands[0]?.slice(0, 4)).toEqual(['/opt/launcher', 'enter', '--', '/opt/twin']);
});

test.each([
  [
    { exitCode: 3, signal: null, stderrTail: 'scalelab-twin: 127.0.0.1:4000: Address already in use\n' },
    'The replica text-1 did not start: scalelab-twin: 127.0.0.1:4000: Address already in use',
  ],
  [{ exitCode: 1, signal: null, stderrTail: '' }, 'The replica text-1 did not start: it exited with 1'],
  [{ exitCode: null, signal: 'SIGKILL', stderrTail: '' }, 'The replica text-1 did not start: it was ended by SIGKILL'],
] as const)('one that ends before it answers says why: %o', async (exit, message) => {
  const { runner, end } = speaking(null);
  const replica = await start(runner);
  end(exit);
  await expect(replica.ready).rejects.toMatchObject({ code: 'testbed-failed', message });
});

test('whoever gives up gets the reason', async () => {
  const { runner } = speaking(null);
  const given = new AbortController();
  const replica = await start(runner, {}, given.signal);
  given.abort(new Error('ctrl-C'));
  await expect(replica.ready).rejects.toThrow('ctrl-C');
  await expect(start(runner, {}, given.signal)).rejects.toThrow('ctrl-C');
});

test('a program that says anything else is not the twin', async () => {
  const { runner } = speaking('hello');
  await expect((await start(runner)).ready).rejects.toThrow('The replica text-1 did not start: it said hello');
});

test('a program that is not there is named with the reason of the system', async () => {
  const runner: ProcessRunner = () => Promise.reject(new Error('spawn /opt/launcher ENOENT'));
  await expect(start(runner)).rejects.toThrow('The replica text-1 did not start: spawn /opt/launcher ENOENT');
});

test('a folder that is too long for a socket is refused before anything is started', async () => {
  const { runner, commands } = speaking(null);
  const runFolder = `/${'x'.repeat(96)}`;
  await expect(start(runner, { runFolder })).rejects.toThrow(
    `${runFolder}/text-1.sock is too long for a socket: 107 bytes.`,
  );
  expect(commands).toEqual([]);
});

test('one that does not answer has no counters, and one that ended neither', async () => {
  const { runner, end } = speaking(null);
  const replica = await start(runner);
  expect(await replica.counters()).toBeNull();
  end({ exitCode: 0, signal: null, stderrTail: '' });
  await replica.exited;
  expect(await replica.counters()).toBeNull();
  // Its number may belong to another by now.
  replica.drain();
  replica.kill();
});
