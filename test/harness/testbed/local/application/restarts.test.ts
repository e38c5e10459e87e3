import { expect, test } from 'vitest';
import type { ChildExit } from '../../../../../harness/core/process.ts';
import { deferred } from '../../../../../tracer/client/waiting.ts';
import { systemClock, type Clock } from '../../../../../harness/core/clock.ts';
import { LocalApplication } from '../../../../../harness/testbed/local/application/local-application.ts';
import { Replica } from '../../../../../harness/testbed/local/application/replica.ts';
import { ServiceReader } from '../../../../../harness/testbed/local/application/service-reader.ts';
import { whyNotReady } from '../../../../../harness/testbed/local/application/why-not-ready.ts';
import type { ResourceGroup } from '../../../../../harness/testbed/local/resource-group.ts';
import type { TwinCounters } from '../../../../../deathstarbench/client/twin.ts';
import { allocationOf, echo, until } from './application-rig.ts';
import { FakeTwins, folderGroup, throttledGroup, type Course } from './fake-twins.ts';

const { signal } = new AbortController();

/** The application echo with replicas that are not processes. Its front never ends. */
function start(course: (replica: string) => Course, clock: Clock = systemClock, over: AbortSignal = signal) {
  const twins = new FakeTwins((replica) => (replica.startsWith('gate') ? { port: 1 } : course(replica)));
  const meter = { watch: () => undefined, forget: () => undefined };
  const options = { clock, twins, group: folderGroup(), meter, cpus: [0], port: null, pid: process.pid };
  // Nobody listens at the port of a front that is not there: only what has no front can be proven.
  const model = { ...echo(), services: echo().services.map((service) => ({ ...service, role: 'service' as const })) };
  return { twins, started: LocalApplication.start(model, allocationOf(model), options, over) };
}

test('a replica that ends again and again is restarted after pauses that double, up to a bound', async () => {
  const pauses: number[] = [];
  // A nap takes no time; a pause before a restart is long.
  const clock: Clock = {
    ...systemClock,
    sleep: async (ms, over) => {
      if (ms >= 100) pauses.push(ms);
      await systemClock.sleep(1, over);
    },
  };
  const crash = { exit: { exitCode: 1 } };
  const { twins, started } = start((replica) => ({ port: 2, ...(replica === 'echo-1' ? {} : crash) }), clock);
  const application = await started;
  application.schedule([{ kind: 'kill', service: 'echo', atMs: 0 }], systemClock.nowMs(), 60_000);
  await until(() => pauses.length >= 8);
  await application[Symbol.asyncDispose]();
  expect(pauses.slice(0, 8)).toEqual([100, 200, 400, 800, 1600, 3200, 5000, 5000]);
  expect(twins.started.slice(0, 4)).toEqual(['gate-1', 'echo-1', 'echo-2', 'echo-3']);
  expect(application.events.slice(0, 3).map(({ type, replica, text }) => [type, replica, text])).toEqual([
    ['killed-by-profile', 'echo-1', 'was killed as the profile asks'],
    ['restarted', 'echo-2', 'takes the place of echo-1, which was killed as the profile asks'],
    ['crashed', 'echo-2', 'ended with exit code 1'],
  ]);
});

test('one that crashes three times before it was ever ready ends the start, with its last words', async () => {
  const { twins, started } = start(() => ({ exit: { exitCode: 3, stderrTail: 'listening: no such luck\n' } }));
  await expect(started).rejects.toMatchObject({
    code: 'testbed-failed',
    message: 'echo-3 does not start: it ended with exit code 3: listening: no such luck.',
    hint: 'Run `npx scalelab check` to see what this machine lacks.',
  });
  expect(twins.started).toEqual(['gate-1', 'echo-1', 'echo-2', 'echo-3']);
});

test('nobody is told of a replica before all are ready, and of none that has ended', async () => {
  const { twins, started } = start((replica) => ({ port: replica === 'echo-1' ? 2 : 3 }));
  const application = await started;
  expect(twins.published).toEqual([
    [
      { service: 'gate', replica: 'gate-1', port: 1 },
      { service: 'echo', replica: 'echo-1', port: 2 },
    ],
  ]);
  application.scale('echo', 2);
  await until(() => twins.published.length === 2);
  expect(twins.published.at(-1)?.map(({ replica }) => replica)).toEqual(['gate-1', 'echo-1', 'echo-2']);
  application.scale('echo', 1);
  await until(() => twins.published.at(-1)?.length === 2);
  expect(twins.published.at(-1)?.map(({ replica }) => replica)).toEqual(['gate-1', 'echo-1']);
  await application[Symbol.asyncDispose]();
});

test('nobody is told of a replica that ended before callers were to learn of it', async () => {
  const dying = deferred<Partial<ChildExit>>();
  const { twins, started } = start((replica) => ({
    port: 2,
    ...(replica === 'echo-2' ? { exit: dying.promise } : {}),
  }));
  await using application = await started;
  application.scale('echo', 2);
  await until(() => application.services[1]?.replicas[1]?.state === 'ready');
  dying.resolve({ signal: 'SIGKILL' });
  await until(() => twins.published.at(-1)?.some(({ replica }) => replica === 'echo-3') === true);

  expect(twins.published.flat().filter(({ replica }) => replica === 'echo-2')).toEqual([]);
});

test('one that has not entered its group yet ends too when the start is given up', async () => {
  const given = new AbortController();
  const { twins, started } = start(() => ({ isLate: true }), systemClock, given.signal);
  await until(() => twins.started.length === 2);
  given.abort(new Error('ctrl-C'));
  await expect(started).rejects.toThrow('ctrl-C');
});

test('one that is scaled in before it has entered its group ends, which is no event', async () => {
  const { twins, started } = start((replica) => (replica === 'echo-1' ? { port: 2 } : { isLate: true }));
  await using application = await started;
  application.scale('echo', 2);
  await until(() => twins.started.length === 3);
  application.scale('echo', 1);
  await until(() => application.services[1]?.replicas[1]?.state === 'ended');
  expect(application.events).toEqual([]);
});

test('one that ends between being ready and the proof of the start is waited for again', async () => {
  const dying = deferred<Partial<ChildExit>>();
  const { twins, started } = start((replica) => ({
    port: 2,
    ...(replica === 'echo-1' ? { exit: dying.promise } : {}),
  }));
  twins.onPublish = () => {
    dying.resolve({ signal: 'SIGKILL' });
    return systemClock.sleep(20);
  };
  await using application = await started;
  expect(application.services.map(({ replicas }) => replicas.at(-1)?.id)).toEqual(['gate-1', 'echo-2']);
  expect(twins.published.at(-1)?.map(({ replica }) => replica)).toEqual(['gate-1', 'echo-2']);
  expect(application.events.map(({ type, replica }) => `${type} ${replica}`)).toEqual([
    'killed-from-outside echo-1',
    'restarted echo-2',
  ]);
});

test.each([
  ['in good order: no event', { exitCode: 0 }, []],
  [
    'killed from outside',
    { signal: 'SIGKILL' as const, exitCode: null },
    ['killed-from-outside was ended by SIGKILL while it drained'],
  ],
  [
    'with a fault of its own',
    { signal: 'SIGSEGV' as const, exitCode: null },
    ['crashed crashed with SIGSEGV while it drained'],
  ],
])('one that drains ends %s', async (_how, drained, events) => {
  const { twins, started } = start(() => ({ port: 2, drained }));
  await using application = await started;
  application.scale('echo', 0);
  await until(() => application.services[1]?.replicas[0]?.state === 'ended');
  await systemClock.sleep(150);
  expect(application.events.map(({ type, text }) => `${type} ${text}`)).toEqual(events);
  expect(twins.started).toEqual(['gate-1', 'echo-1']);
});

test('a fault waits for a replica that is ready, and one that was killed a moment ago is none', async () => {
  const { started } = start(() => ({ port: 2 }));
  await using application = await started;
  const fault = { kind: 'kill', service: 'echo', atMs: 0 } as const;
  application.schedule([fault, { ...fault }], systemClock.nowMs(), 60_000);
  const killed = (): readonly string[] =>
    application.events.filter(({ type }) => type === 'killed-by-profile').map(({ replica }) => replica);
  await until(() => killed().length === 2);
  expect(killed()).toEqual(['echo-1', 'echo-2']);
  application.endFaults();
  expect(application.events.filter(({ type }) => type === 'fault-skipped')).toEqual([]);
});

test('a fault that never finds a replica is told of at the end of the trial', async () => {
  const { started } = start(() => ({ port: 2 }));
  await using application = await started;
  application.scale('echo', 0);
  await until(() => application.services[1]?.replicas[0]?.state === 'ended');
  const stop = { kind: 'stop', service: 'echo', atMs: 0, durationMs: 10 } as const;
  application.schedule([{ kind: 'kill', service: 'echo', atMs: 0 }, stop], systemClock.nowMs(), 20);
  await systemClock.sleep(50);
  application.scale('echo', 1);
  await systemClock.sleep(50);
  application.endFaults();
  expect(application.events.map(({ type, replica, text }) => [type, replica, text])).toEqual([
    ['fault-skipped', 'echo', 'was not killed as the profile asks: no replica of it was ready'],
    ['fault-skipped', 'echo', 'was not stopped as the profile asks: no replica of it was ready'],
  ]);
});

/** A replica that was started 20 s ago and is not ready. */
function late(group: ResourceGroup): Pick<LocalApplication['services'][number], 'replicas'> {
  const [, service] = echo().services;
  if (service === undefined) throw new Error('no service');
  return {
    replicas: [new Replica('echo-1', service, group, { cpuCores: 0.01, requestCores: null, memoryBytes: null }, 0)],
  };
}

test('one that its CPU limit held back for most of its time is an outcome of the arm', () => {
  expect(whyNotReady([late(throttledGroup(15))], 20_000)).toBe(
    'echo-1 was not ready 20.0 s after its start with 0.01 cores, throttled for 15.0 s',
  );
});

test('one that had time and CPU is a failure of the testbed', () => {
  expect(() => whyNotReady([late(throttledGroup(1))], 20_000)).toThrow(
    expect.objectContaining({
      code: 'testbed-failed',
      message: 'echo-1 was not ready 20.0 s after its start.',
      hint: 'Run `npx scalelab check` to see what this machine lacks; a machine that is busy with other things is too slow.',
    }) as Error,
  );
});

test('a file of spans that is full is told once', async () => {
  const counters: TwinCounters = {
    ...{ monotonicSeconds: 1, requests: 9, errors: 0, inFlight: 0, openConnections: 1, busyConnections: 0 },
    ...{ queuedForConnection: 0, cpuSeconds: 1, firstServedMonotonicSeconds: 1, latencySlots: [], spansDropped: 3 },
  };
  const { started } = start(() => ({ port: 2, counters }));
  await using application = await started;
  const reader = new ServiceReader(application.services, { clock: systemClock, kernelAheadMs: 0, sampleMs: 1000 });
  await reader.read(0, 1000, signal);
  await reader.read(0, 1000, signal);

  expect(application.events.map(({ type, replica, text }) => `${type} ${replica} ${text}`)).toEqual([
    'spans-full echo-1 has filled its file of spans; later ones are left out',
  ]);
});
