import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Application, Service } from '../../../../../harness/application/application.ts';
import { systemClock } from '../../../../../harness/core/clock.ts';
import { packageRoot } from '../../../../../harness/core/package-root.ts';
import { wrongLimits } from '../../../../../harness/testbed/local/group-limits.ts';
import { allowedCpus } from '../../../../../harness/testbed/local/own-cpus.ts';
import { applicationOf } from '../../../../deathstarbench/twin-rig.ts';
import { whyNoKernelTests } from '../../../../rig/cli.ts';
import { isAlive } from '../cgroup-rig.ts';
import { echo, readingOf, startRig, until } from './application-rig.ts';
import { echoClient, steadyLoad } from './client.ts';

/** The application echo with one of its services changed. */
function echoWith(name: string, changes: (service: Service) => Partial<Service>): Application {
  const model = echo();
  return {
    ...model,
    services: model.services.map((service) => (service.name === name ? { ...service, ...changes(service) } : service)),
  };
}

/** Its front uses a connection for so long only, so that it finds replicas that come later. */
const restless = (): Application => echoWith('gate', ({ pool }) => ({ pool: { ...pool, maxAgeMs: 50 } }));

const pidOf = (replica: { readonly twin: { readonly pid: number } | null } | undefined): number =>
  replica?.twin?.pid ?? 0;

const reason = whyNoKernelTests();
describe.skipIf(reason !== null)(`an application${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('starts with what was allotted to it, in the kernel too, and on its CPUs', async () => {
    const cpus = allowedCpus().slice(0, 1);
    const changes = { echo: { replicas: 2, cpuLimitCores: 0.3, memoryLimitBytes: 32 * 2 ** 20 } };
    const rig = await startRig({ changes, cpus });
    const replicas = rig.living('echo');
    expect(replicas.map(({ id, state }) => [id, state])).toEqual([
      ['echo-1', 'ready'],
      ['echo-2', 'ready'],
    ]);
    for (const { group } of replicas) {
      expect(wrongLimits(group, { cpuCores: 0.3, memoryBytes: 32 * 2 ** 20 }, cpus)).toEqual([]);
      expect(group.places.map(({ cgroup }) => cgroup.processes().length)).toEqual(group.places.map(() => 1));
    }
    expect(rig.living('gate')[0]?.limits).toEqual({ cpuCores: null, memoryBytes: null });
    expect(await echoClient(rig.url)()).toBe(200);
    expect(rig.events()).toEqual([]);
  });

  test('a reading has the instants of each replica in their order, and counts what was answered', async () => {
    const rig = await startRig();
    await rig.sample();
    const ask = echoClient(rig.url);
    for (let request = 0; request < 20; request++) expect(await ask()).toBe(200);
    const services = await rig.sample();
    expect(services.map(({ service, wanted }) => [service, wanted])).toEqual([
      ['gate', 1],
      ['echo', 1],
    ]);
    const gate = readingOf(services, 'gate-1');
    expect(gate).toMatchObject({ state: 'ready', requests: 20, errors: 0, inFlight: 0, oomKills: 0 });
    expect(gate.readyAtMs).toBeGreaterThan(gate.startedAtMs);
    expect(gate.firstServedAtMs).toBeGreaterThan(gate.readyAtMs ?? Infinity);
    expect(gate.cpuSeconds).toBeGreaterThan(0);
    expect(gate.memoryBytes).toBeGreaterThan(0);
    expect(services[0]?.p99Ms).toBeGreaterThanOrEqual(services[0]?.p50Ms ?? Infinity);
    expect(readingOf(await rig.sample(), 'gate-1').requests).toBe(0);
  });

  test('a CPU limit throttles, and the reading says for how long', async () => {
    const model = echoWith('echo', ({ operations }) => ({
      operations: operations.map((one) => ({ ...one, cpu: { ...one.cpu, meanMicros: 20_000, shape: 'constant' } })),
    }));
    const rig = await startRig({ model, changes: { echo: { cpuLimitCores: 0.1 } } });
    await rig.sample();
    const ask = echoClient(rig.url);
    expect(await Promise.all(Array.from({ length: 10 }, ask))).toEqual(new Array(10).fill(200));
    const { throttledPeriods, throttledSeconds, quotaPeriods, cpuSeconds, cpuPressureShare } = readingOf(
      await rig.sample(),
      'echo-1',
    );
    expect(throttledPeriods).toBeGreaterThan(5);
    expect(throttledPeriods).toBeLessThanOrEqual(quotaPeriods ?? 0);
    expect(throttledSeconds).toBeGreaterThan(0.5);
    expect(cpuSeconds).toBeGreaterThan(0.19);
    expect(cpuPressureShare).toBeGreaterThan(0);
  });

  test('a replica that passes its memory limit is killed by the kernel, counted, and restarted', async () => {
    const model = echoWith('echo', ({ memory }) => ({ memory: { ...memory, keptBytes: 2 ** 20 } }));
    const rig = await startRig({ model, changes: { echo: { memoryLimitBytes: 12 * 2 ** 20 } } });
    const first = pidOf(rig.living('echo')[0]);
    await rig.sample();
    const ask = echoClient(rig.url);
    await until(async () => {
      await ask();
      return !isAlive(first);
    });
    await until(() => rig.living('echo')[0]?.id === 'echo-2' && rig.living('echo')[0]?.isPublished === true);
    const ended = readingOf(await rig.sample(), 'echo-1');
    expect(ended).toMatchObject({ state: 'ended', oomKills: 1, memoryLimitBytes: 12 * 2 ** 20 });
    expect(rig.events()).toEqual([
      'killed-by-memory-limit echo-1 was killed at its memory limit of 12582912 bytes',
      'restarted echo-2 takes the place of echo-1, which was killed at its memory limit of 12582912 bytes',
    ]);
    await until(async () => (await ask()) === 200);
    expect((await rig.sample()).flatMap(({ replicas }) => replicas.map(({ id }) => id))).toEqual(['gate-1', 'echo-2']);
  });

  test('scaled out and in under load, it loses no request', async () => {
    const rig = await startRig({ model: restless() });
    const load = steadyLoad(rig.url);
    await systemClock.sleep(200);
    rig.application.scale('echo', 3);
    await until(() => rig.living('echo').filter(({ isPublished }) => isPublished).length === 3);
    await systemClock.sleep(300);
    await rig.sample();
    await until(async () => {
      await systemClock.sleep(100);
      const [, { replicas } = { replicas: [] }] = await rig.sample();
      return replicas.every(({ requests }) => (requests ?? 0) > 0);
    });
    rig.application.scale('echo', 1);
    await until(() => rig.living('echo').length === 1);
    await systemClock.sleep(200);
    const { ok, failed } = await load.stop();
    expect(failed).toBe(0);
    expect(ok).toBeGreaterThan(50);
    expect(rig.living('echo').map(({ id }) => id)).toEqual(['echo-1']);
    expect(rig.events()).toEqual([]);
  });

  test('callers learn of a new replica when the model says, and it serves them', async () => {
    const rig = await startRig({ model: restless() });
    const load = steadyLoad(rig.url);
    rig.application.scale('echo', 2);
    let first: number | null = null;
    await until(async () => {
      await systemClock.sleep(50);
      const [, service] = await rig.sample();
      const reading = service?.replicas.find(({ id }) => id === 'echo-2');
      if (reading === undefined || reading.firstServedAtMs === null || reading.readyAtMs === null) return false;
      first = reading.firstServedAtMs - reading.readyAtMs;
      return true;
    });
    await load.stop();
    // The model's own, 50 ms, before which nobody may know of it.
    expect(first).toBeGreaterThanOrEqual(50);
  });

  test('a front that is scaled out has one address, at which all of its replicas answer', async () => {
    const rig = await startRig({ changes: { gate: { replicas: 2 } } });
    expect(new Set(rig.living('gate').map(({ port }) => port)).size).toBe(1);
    await rig.sample();
    for (let connection = 0; connection < 30; connection++) expect(await echoClient(rig.url)()).toBe(200);
    const [gate] = await rig.sample();
    expect(gate?.replicas.map(({ requests }) => (requests ?? 0) > 0)).toEqual([true, true]);
  });

  test('is resized in place: the same process, with other limits', async () => {
    const rig = await startRig({ changes: { echo: { replicas: 2, cpuLimitCores: 0.5, memoryLimitBytes: 2 ** 25 } } });
    const pids = rig.living('echo').map(pidOf);
    const limits = { cpuCores: 0.8, memoryBytes: 2 ** 26 };
    rig.application.resize('echo', limits);
    expect(rig.living('echo').map(pidOf)).toEqual(pids);
    for (const { group } of rig.living('echo')) expect(wrongLimits(group, limits, allowedCpus())).toEqual([]);
    expect(readingOf(await rig.sample(), 'echo-2')).toMatchObject({ cpuLimitCores: 0.8, memoryLimitBytes: 2 ** 26 });
    rig.application.scale('echo', 3);
    expect(rig.living('echo').at(-1)?.limits).toEqual(limits);
  });

  test.each([
    ['SIGKILL', 'was ended by SIGKILL'],
    ['SIGTERM', 'was told to end by somebody else'],
  ] as const)('a replica that an outside hand sends %s is counted and restarted', async (signal, text) => {
    const rig = await startRig();
    process.kill(pidOf(rig.living('echo')[0]), signal);
    await until(() => rig.living('echo')[0]?.id === 'echo-2' && rig.living('echo')[0]?.isPublished === true);
    expect(rig.events()).toEqual([
      `killed-from-outside echo-1 ${text}`,
      `restarted echo-2 takes the place of echo-1, which ${text}`,
    ]);
    const ask = echoClient(rig.url);
    await until(async () => (await ask()) === 200);
  });

  test('a front that was killed comes back at the same address', async () => {
    const rig = await startRig();
    process.kill(pidOf(rig.living('gate')[0]), 'SIGKILL');
    await until(() => rig.living('gate')[0]?.id === 'gate-2' && rig.living('gate')[0]?.isPublished === true);
    expect(rig.application.url).toBe(rig.url);
    expect(await echoClient(rig.url)()).toBe(200);
  });

  test('a kill that the profile asks for happens, and is counted as such', async () => {
    const rig = await startRig();
    rig.application.schedule([{ kind: 'kill', service: 'echo', atMs: 100 }], systemClock.nowMs(), 60_000);
    await until(() => rig.living('echo')[0]?.id === 'echo-2' && rig.living('echo')[0]?.isPublished === true);
    expect(rig.events()).toEqual([
      'killed-by-profile echo-1 was killed as the profile asks',
      'restarted echo-2 takes the place of echo-1, which was killed as the profile asks',
    ]);
  });

  test('a service that is stopped for 2 s makes its callers wait or fail, and goes on as if nothing had been', async () => {
    const rig = await startRig();
    rig.application.schedule(
      [{ kind: 'stop', service: 'echo', atMs: 0, durationMs: 2000 }],
      systemClock.nowMs(),
      60_000,
    );
    await until(() => rig.events().length === 1);
    const ask = echoClient(rig.url);
    const answers = await Promise.all(Array.from({ length: 5 }, ask));
    expect(answers.every((status) => status === 200 || status === 500)).toBe(true);
    const pid = pidOf(rig.living('echo')[0]);
    await until(async () => (await ask()) === 200);
    expect(pidOf(rig.living('echo')[0])).toBe(pid);
    expect(rig.events()).toEqual(['stopped-by-profile echo-1 was stopped for 2000 ms as the profile asks']);
  });

  test('a sample does not wait for a replica that stands still, and says nothing of its requests', async () => {
    const rig = await startRig();
    const pid = pidOf(rig.living('echo')[0]);
    process.kill(pid, 'SIGSTOP');
    const services = await rig.sample();
    process.kill(pid, 'SIGCONT');
    expect(readingOf(services, 'echo-1')).toMatchObject({
      state: 'ready',
      requests: null,
      errors: null,
      inFlight: null,
    });
    expect(readingOf(services, 'echo-1').cpuSeconds).not.toBeNull();
    expect(readingOf(services, 'gate-1').requests).toBe(0);
    await until(async () => readingOf(await rig.sample(), 'echo-1').requests !== null);
  });

  test('a replica that does not drain in time is cut', async () => {
    const slow = echoWith('echo', ({ operations }) => ({
      operations: operations.map((one) => ({ ...one, cpu: { ...one.cpu, meanMicros: 60_000_000, shape: 'constant' } })),
    }));
    const rig = await startRig({ model: { ...slow, drainLimitMs: 300 }, changes: { echo: { cpuLimitCores: 0.05 } } });
    const answer = echoClient(rig.url)();
    await until(async () => (readingOf(await rig.sample(), 'echo-1').inFlight ?? 0) > 0);
    rig.application.scale('echo', 0);
    await until(() => rig.living('echo').length === 0);
    expect(rig.events()).toEqual([
      'drain-cut echo-1 did not drain in time: scalelab-twin: ended in the middle of 1 request',
    ]);
    expect(await answer).toBe(500);
  });

  test('the whole social network comes up, answers nothing yet, and is taken down with nothing left', async () => {
    const model = applicationOf(join(packageRoot, 'deathstarbench', 'social-network.yaml'));
    const rig = await startRig({ model });
    const replicas = rig.application.services.flatMap((service) => service.replicas);
    expect(replicas).toHaveLength(25);
    const pids = replicas.map(pidOf);
    const services = await rig.sample();
    const held = services.flatMap((service) => service.replicas).reduce((sum, one) => sum + (one.memoryBytes ?? 0), 0);
    const modelled = model.services.reduce((sum, { memory }) => sum + memory.baseBytes, 0);
    expect(held).toBeGreaterThan(modelled);
    expect(held).toBeLessThan(modelled + 25 * 3e6);
    await rig.application[Symbol.asyncDispose]();
    expect(pids.filter(isAlive)).toEqual([]);
    expect(replicas.flatMap(({ group }) => group.places.flatMap(({ cgroup }) => cgroup.processes()))).toEqual([]);
  });
});

describe.skipIf(reason !== null)(
  `an allocation that does not suffice${reason === null ? '' : ` (skipped: ${reason})`}`,
  () => {
    test('of memory is an outcome: why is said, and nothing is left', async () => {
      const model = echoWith('echo', ({ memory }) => ({ memory: { ...memory, baseBytes: 64 * 2 ** 20 } }));
      const { application, living } = await startRig({ model, changes: { echo: { memoryLimitBytes: 16 * 2 ** 20 } } });
      expect(application.startFailure).toBe(
        'echo-1 was killed at its memory limit of 16777216 bytes before it was ready',
      );
      const pids = living('gate').map(pidOf);
      await application[Symbol.asyncDispose]();
      expect(pids.filter(isAlive)).toEqual([]);
    });
  },
);
