import { expect, test } from 'vitest';
import { stream } from '../../../../harness/core/random.ts';
import { serviceRig, type ServiceRig } from './one-service.ts';
import { erlangWaitMs } from './erlang.ts';

const answersOf = ({ answers }: ServiceRig): readonly (readonly [string, number])[] =>
  answers.map(({ replica, atMs }) => [replica, atMs]);

test('a replica with one core answers one request after the other, and waiting is contention', () => {
  const rig = serviceRig();
  rig.send(0, 10);
  rig.send(2, 10);
  rig.advanceTo(1000);

  expect(answersOf(rig)).toEqual([
    ['web-1', 10],
    ['web-1', 20],
  ]);
  const { reading, contention, throttled, latenciesMs } = rig.service.replicas[0]?.take(1000) ?? {};
  expect(latenciesMs).toEqual([10, 18]);
  expect(contention?.reading('web-1', 'contention')).toMatchObject({ count: 2, waitSeconds: 0.008 });
  expect(throttled?.reading('web-1', 'throttled')).toMatchObject({ count: 0, waitSeconds: 0 });
  expect(reading).toEqual({
    ...{ id: 'web-1', state: 'ready', startedAtMs: -6000, readyAtMs: -1000, firstServedAtMs: 10 },
    ...{ cpuSeconds: 0.02, cpuLimitCores: 1, cpuRequestCores: 1 },
    ...{ quotaPeriods: 0, throttledPeriods: 0, throttledSeconds: 0 },
    ...{ memoryBytes: 8 * 1024 ** 2, memoryLimitBytes: null, oomKills: 0, cpuPressureShare: null },
    ...{ requests: 2, errors: 0, inFlight: 0, busyConnections: null, queuedForConnection: null },
  });
});

test('a limit below a core stretches a request, and the stretch is throttling', () => {
  const rig = serviceRig({ cpuLimitCores: 0.25 });
  rig.send(0, 100);
  rig.advanceTo(1000);

  expect(answersOf(rig)).toEqual([['web-1', 400]]);
  const { reading, contention, throttled } = rig.service.replicas[0]?.take(1000) ?? {};
  expect(contention?.reading('web-1', 'contention')).toMatchObject({ count: 1, waitSeconds: 0 });
  expect(throttled?.reading('web-1', 'throttled')).toMatchObject({ count: 1, waitSeconds: 0.3 });
  expect(reading).toMatchObject({ cpuSeconds: 0.1, quotaPeriods: 4, throttledPeriods: 4, throttledSeconds: 0.3 });
});

test('a replica with more than a core answers as many at once as it has cores, rounded up, and shares them', () => {
  const rig = serviceRig({ cpuLimitCores: 1.5 });
  for (let count = 0; count < 3; count++) rig.send(0, 30);
  rig.advanceTo(1000);

  expect(answersOf(rig)).toEqual([
    ['web-1', 40],
    ['web-1', 40],
    ['web-1', 80],
  ]);
});

test('without a limit a replica has the machine', () => {
  const rig = serviceRig({ cpuLimitCores: null }, 2);
  for (let count = 0; count < 3; count++) rig.send(0, 30);
  rig.advanceTo(1000);

  expect(rig.answers.map(({ atMs }) => atMs)).toEqual([30, 30, 60]);
  expect(rig.service.replicas[0]?.take(1000).reading).toMatchObject({
    ...{ quotaPeriods: null, throttledPeriods: null, throttledSeconds: null },
  });
});

test('a request goes to the replica that has the fewest, the oldest among equals', () => {
  const rig = serviceRig({ replicas: 3 });
  for (let count = 0; count < 4; count++) rig.send(0, 10);
  rig.advanceTo(1000);

  expect(answersOf(rig)).toEqual([
    ['web-1', 10],
    ['web-2', 10],
    ['web-3', 10],
    ['web-1', 20],
  ]);
});

test('replicas that have more than the machine together wait for it, in the order in which their requests came', () => {
  const rig = serviceRig({ replicas: 3 }, 2);
  for (let count = 0; count < 3; count++) rig.send(count, 10);
  rig.advanceTo(1000);

  expect(answersOf(rig)).toEqual([
    ['web-1', 10],
    ['web-2', 11],
    ['web-3', 20],
  ]);
  expect(rig.service.replicas[2]?.take(1000).contention.reading('web-3', 'contention').waitSeconds).toBe(0.008);
});

test('a new replica starts, is ready, is known, and only then gets requests', () => {
  const rig = serviceRig();
  rig.service.scale(2, 1000);
  const state = (): unknown => {
    const { state: now, readyAtMs, isKnown } = rig.service.replicas[1] ?? {};
    return { now, readyAtMs, isKnown };
  };
  expect(state()).toEqual({ now: 'starting', readyAtMs: null, isKnown: false });
  rig.advanceTo(5999);
  expect(state()).toEqual({ now: 'starting', readyAtMs: null, isKnown: false });
  rig.advanceTo(6000);
  expect(state()).toEqual({ now: 'ready', readyAtMs: 6000, isKnown: false });
  rig.send(6500, 1000);
  rig.send(6500, 1000);
  rig.advanceTo(7000);
  expect(state()).toEqual({ now: 'ready', readyAtMs: 6000, isKnown: true });
  rig.send(7000, 1000);
  rig.advanceTo(20_000);
  expect(answersOf(rig)).toEqual([
    ['web-1', 7500],
    ['web-2', 8000],
    ['web-1', 8500],
  ]);
  expect(rig.settled).toEqual([7000]);
});

test('the youngest replica is scaled in: it is called until callers have forgotten it, and ends when it has answered', () => {
  const rig = serviceRig({ replicas: 2 });
  rig.send(0, 10);
  rig.advanceTo(100);
  rig.service.scale(1, 100);
  expect(rig.service.replicas.map(({ state }) => state)).toEqual(['ready', 'draining']);
  rig.send(1000, 400);
  rig.send(1000, 400);
  rig.advanceTo(1100);
  rig.send(1200, 10);
  rig.advanceTo(1400);
  expect(answersOf(rig)).toEqual([
    ['web-1', 10],
    ['web-1', 1400],
    ['web-2', 1400],
  ]);
  expect(rig.service.replicas.map(({ state }) => state)).toEqual(['ready', 'ended']);
  expect(rig.settled).toEqual([1400]);
  rig.service.forgetEnded();
  expect(rig.service.replicas.map(({ id }) => id)).toEqual(['web-1']);
  rig.service.scale(2, 2000);
  expect(rig.service.replicas.map(({ id }) => id)).toEqual(['web-1', 'web-3']);
});

test('a replica that does not drain in time is cut, and what it had is lost', () => {
  const rig = serviceRig({ replicas: 2 });
  rig.service.scale(1, 0);
  for (let count = 0; count < 4; count++) rig.send(500, 8000);
  rig.advanceTo(100_000);

  expect(rig.lost).toEqual([
    { job: { ...{ request: 1, workMs: 8000, arrivedAtMs: 500 }, startedAtMs: 500, cores: 1 }, atMs: 6000 },
    { job: { request: 3, workMs: 8000, arrivedAtMs: 500 }, atMs: 6000 },
  ]);
  expect(rig.service.events).toEqual([
    {
      ...{ atMs: 6000, service: 'web', replica: 'web-2', type: 'drain-cut' },
      text: 'did not drain in time: 2 requests left after 5000 ms',
    },
  ]);
  expect(answersOf(rig)).toEqual([
    ['web-1', 8500],
    ['web-1', 16_500],
  ]);
  expect(rig.service.replicas[1]?.take(100_000).reading).toMatchObject({ state: 'ended', errors: 2, cpuSeconds: 5.5 });
});

test('a replica that has not started yet ends at once', () => {
  const rig = serviceRig();
  rig.service.scale(3, 0);
  rig.service.scale(1, 100);
  rig.advanceTo(100_000);

  expect(rig.service.replicas.map(({ state }) => state)).toEqual(['ready', 'ended', 'ended']);
  expect(rig.settled).toEqual([100]);
});

test('a new limit counts for requests that have not begun', () => {
  const rig = serviceRig({ cpuLimitCores: 0.5 });
  rig.send(0, 10);
  rig.send(0, 10);
  rig.service.resize({ cpuLimitCores: 2, cpuRequestCores: 1, memoryLimitBytes: null }, 5);
  rig.advanceTo(1000);

  // The second has a place at once, and a core of its own.
  expect(rig.answers.map(({ job, atMs }) => [job.request, atMs])).toEqual([
    [1, 15],
    [0, 20],
  ]);
});

test('where nobody is known, a request is not taken', () => {
  const rig = serviceRig({ replicas: 0 });

  expect(rig.send(0, 10)).toBe(false);
});

test.each([
  [1, 0.5],
  [4, 0.7],
])('with %i cores at utilisation %f the mean wait is that of M/M/c within 2 %%', (cores, utilisation) => {
  const workMs = 10;
  const rig = serviceRig({ cpuLimitCores: cores });
  const [between, work] = [stream(4, 'between'), stream(4, 'work')];
  let atMs = 0;
  for (let count = 0; count < 150_000; count++) {
    rig.send((atMs += between.exponential(workMs / cores / utilisation)), work.exponential(workMs));
  }
  const { count, waitSeconds } = rig.service.replicas[0]?.take(atMs).contention.reading('', 'contention') ?? {};
  const ratio =
    (1000 * (waitSeconds ?? NaN)) / (count ?? NaN) / erlangWaitMs(cores, (cores * utilisation) / workMs, workMs);
  expect(ratio).toBeGreaterThan(0.98);
  expect(ratio).toBeLessThan(1.02);
});
