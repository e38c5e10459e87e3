import { expect, test } from 'vitest';
import { simulateArm } from '../../../../bench/policy-figures/simulate-arm.ts';
import { judge } from '../../../../harness/analysis/judge.ts';
import { blockSchedule } from '../../../../harness/experiment/block-schedule.ts';
import type { TrialOutcome } from '../../../../harness/experiment/run-trial.ts';
import { requestOutcomes, type RequestOutcome } from '../../../../harness/telemetry/request-log.ts';
import type { Decision } from '../../../../harness/telemetry/action.ts';
import { ApplicationTrial } from '../../../../harness/testbed/sim/application-trial.ts';
import { requestWorkMs } from '../../../../harness/testbed/sim/request-work.ts';
import { expectedWork } from '../../../../deathstarbench/client/expected-work.ts';
import { oneService } from './one-service.ts';
import { simulatedPlan } from './simulated-plan.ts';

const outcomesOf = ({ requests }: TrialOutcome): Readonly<Partial<Record<RequestOutcome, number>>> => {
  const counts: Partial<Record<RequestOutcome, number>> = {};
  for (const code of requests?.outcome ?? []) {
    const outcome = requestOutcomes[code];
    if (outcome !== undefined) counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

test('a trial has all records, is valid, and is the same every time', async () => {
  const plan = simulatedPlan();
  const trial = await simulateArm(plan, 'one');
  const count = trial.requests?.dueMs.length ?? 0;

  expect(judge(plan, trial, trial.evidence)).toEqual({ kind: 'valid' });
  expect(count).toBeGreaterThan(250);
  expect(outcomesOf(trial)).toEqual({ ok: count });
  expect(trial.samples).toHaveLength(5);
  expect(trial.evidence.generator).toMatchObject({ driver: 'sim', cpuCores: 0, death: null });
  expect(trial.control).toBeNull();
  expect(trial.spans.length).toBeGreaterThan(0);
  expect(await simulateArm(plan, 'one')).toEqual(trial);
});

test('what samples, log and spans say is one thing', async () => {
  const plan = simulatedPlan({ driver: { spans: '100 %' } });
  const { samples, requests, spans } = await simulateArm(plan, 'one');
  if (requests === null) throw new Error('no requests');
  const [block] = plan.blocks;
  const schedule = blockSchedule(plan, plan.loads[0] ?? null, block?.seed ?? 0);
  const readings = samples.flatMap(({ services }) => services ?? []).flatMap(({ replicas }) => replicas);
  const loads = samples.flatMap(({ load }) => (load === null ? [] : [load.total]));
  const inTime = [...requests.doneMs].filter((doneMs) => doneMs <= plan.trialMs).length;
  const work = spans.filter(({ endMs }) => endMs <= plan.trialMs).map(({ cpuMs }) => cpuMs / 1000);

  expect([...requests.dueMs]).toEqual([...(schedule?.dueMs ?? [])]);
  expect([...requests.sentMs]).toEqual([...requests.dueMs]);
  expect(sum(loads.map(({ offered }) => offered))).toBe(requests.dueMs.length);
  expect(sum(loads.map(({ completed }) => completed))).toBe(inTime);
  expect(sum(readings.map(({ requests: answered }) => answered ?? NaN))).toBe(inTime);
  expect(spans).toHaveLength(requests.dueMs.length);
  // But for the request that is being answered when the trial ends.
  const used = sum(readings.map(({ cpuSeconds }) => cpuSeconds ?? NaN));
  expect(used).toBeGreaterThanOrEqual(sum(work) - 1e-9);
  expect(used).toBeLessThan(sum(work) + 0.1);
  expect(used).toBeCloseTo(sum(samples.map(({ host }) => host?.busySeconds ?? NaN)), 9);
  for (const { request, startMs, endMs, cpuMs, waitMs } of spans) {
    expect(endMs).toBe(requests.doneMs[request]);
    expect(endMs - startMs).toBeCloseTo(cpuMs + (waitMs ?? NaN), 6);
  }
});

test('waits are told by replica and cause, and together', async () => {
  const trial = await simulateArm(simulatedPlan(), 'two');
  const [first] = trial.samples;
  const named = (first?.waits ?? []).map(({ group, cause }) => `${group} ${cause}`);

  expect(named).toEqual([
    ...['web-1 contention', 'web-1 throttled', 'web-2 contention', 'web-2 throttled'],
    ...['all contention', 'all throttled'],
  ]);
  for (const { waits } of trial.samples) {
    const [one, , two, , all] = waits ?? [];
    expect(all?.count).toBe((one?.count ?? NaN) + (two?.count ?? NaN));
    expect(all?.slots?.reduce((total, count) => total + count, 0)).toBe(all?.count);
  }
});

test('an application that cannot keep up loses requests to time-outs, and holds back what is too much', async () => {
  const plan = simulatedPlan({
    loads: [{ name: 'storm', rate: '300/s' }],
    driver: { timeout: '1s', inFlight: 150 },
  });
  const trial = await simulateArm(plan, 'one');
  const outcomes = outcomesOf(trial);
  const { requests, samples } = trial;

  expect(Object.keys(outcomes).sort()).toEqual(['not-sent-in-flight', 'ok', 'timed-out']);
  expect(sum(Object.values(outcomes))).toBe(requests?.dueMs.length);
  requests?.outcome.forEach((code, index) => {
    const tookMs = (requests.doneMs[index] ?? NaN) - (requests.dueMs[index] ?? NaN);
    if (requestOutcomes[code] === 'timed-out') expect(tookMs).toBeCloseTo(1000, 9);
    if (requestOutcomes[code] === 'ok') expect(tookMs).toBeLessThan(1000);
  });
  expect(Math.max(...samples.map(({ load }) => load?.inFlight ?? NaN))).toBe(150);
  // Nobody else's doing.
  expect(judge(plan, trial, trial.evidence)).toEqual({ kind: 'valid' });
});

test('times of the application are compressed, demands are not', async () => {
  const plan = simulatedPlan({ timeCompression: 10 });
  const { samples, spans } = await simulateArm(plan, 'one');
  const [replica] = samples[0]?.services?.[0]?.replicas ?? [];

  expect(replica).toMatchObject({ startedAtMs: -600, readyAtMs: -100 });
  expect(sum(spans.map(({ cpuMs }) => cpuMs)) / spans.length).toBeGreaterThan(5);
});

test('a request takes the CPU time that the twin would burn for it', () => {
  const application = oneService();
  const [operation] = application.services[0]?.operations ?? [];
  if (operation === undefined) throw new Error('no operation');
  for (const seed of [0, 1, 7, 2 ** 31, 2 ** 32 - 1]) {
    const [work] = expectedWork(application, 'work', seed);
    expect(requestWorkMs(application, operation, seed)).toBeCloseTo((work?.demandMicros ?? NaN) / 1000, 9);
  }
});

const never = new AbortController().signal;
const reason = { rule: 'test', numbers: {} };
const replicas = (count: number): Decision => ({ kind: 'replicas', service: 'web', replicas: count, reason });

function liveTrial(): ApplicationTrial {
  const application = oneService();
  const [service] = application.services;
  if (service === undefined) throw new Error('no service');
  const allocation = { replicas: 1, cpuLimitCores: 1, cpuRequestCores: 0.5, memoryLimitBytes: null };
  return new ApplicationTrial({ application, service, allocation, cores: 8 });
}

test('more replicas are effective when callers know them, fewer when they have ended', async () => {
  const live = liveTrial();
  await live.clock.advanceTo(1000, never);
  expect(live.actuate(replicas(2), 1000)).toEqual({
    ...{ id: 1, by: 'policy', decision: replicas(2), state: 'in-progress' },
    ...{ wantedAtMs: 1000, acceptedAtMs: 1000, effectiveAtMs: null, note: null },
  });
  await live.clock.advanceTo(8000, never);
  expect(live.actions()).toMatchObject([{ state: 'effective', effectiveAtMs: 7000 }]);
  live.actuate(replicas(1), 8000);
  await live.clock.advanceTo(10_000, never);
  expect(live.actions()).toMatchObject([{ id: 1 }, { id: 2, state: 'effective', effectiveAtMs: 9000 }]);
  const [, second] = (await live.sample()).services?.[0]?.replicas ?? [];
  expect(second).toMatchObject({ id: 'web-2', state: 'ended' });
  expect((await live.sample()).services?.[0]).toMatchObject({ wanted: 1, replicas: [{ id: 'web-1' }] });
});

test('a later decision takes the place of one that is in progress, the same one again changes nothing', async () => {
  const live = liveTrial();
  live.actuate(replicas(3), 0);
  expect(live.actuate(replicas(3), 0)).toMatchObject({
    id: 2,
    state: 'unchanged',
    acceptedAtMs: 0,
    effectiveAtMs: null,
  });
  expect(live.actions()).toMatchObject([{ state: 'in-progress' }, { state: 'unchanged' }]);
  live.actuate(replicas(2), 0);
  await live.clock.advanceTo(6000, never);

  expect(live.actions()).toMatchObject([
    { id: 1, state: 'superseded', effectiveAtMs: null },
    { id: 2, state: 'unchanged' },
    { id: 3, state: 'effective', effectiveAtMs: 6000 },
  ]);
});

test('what ends before it has begun is effective at once', () => {
  const live = liveTrial();
  live.actuate(replicas(3), 0);

  expect(live.actuate(replicas(1), 0)).toMatchObject({ state: 'effective', effectiveAtMs: 0 });
});

test('CPU and memory change at once and in place; placement is refused', async () => {
  const live = liveTrial();
  const cpu: Decision = { kind: 'cpu', service: 'web', limitCores: 2, reason };
  expect(live.actuate(cpu, 0)).toMatchObject({ state: 'effective', effectiveAtMs: 0 });
  expect(live.actuate(cpu, 0)).toMatchObject({ state: 'unchanged' });
  expect(live.actuate({ ...cpu, requestCores: 2 }, 0)).toMatchObject({ state: 'effective' });
  expect(live.actuate({ kind: 'memory', service: 'web', limitBytes: 1e8, reason }, 0)).toMatchObject({
    state: 'effective',
  });
  expect(live.actuate({ kind: 'placement', service: 'web', rule: 'apart', with: 'web', reason }, 0)).toMatchObject({
    state: 'refused',
    acceptedAtMs: null,
    note: 'the simulator has one machine: there is nothing to place',
  });
  await live.clock.advanceTo(1000, never);
  expect((await live.sample()).services?.[0]?.replicas).toMatchObject([
    { id: 'web-1', cpuLimitCores: 2, cpuRequestCores: 2, memoryLimitBytes: 1e8 },
  ]);
});

test('an interruption comes through', async () => {
  const why = new Error('the user pressed ctrl-C');

  await expect(liveTrial().clock.advanceTo(1000, AbortSignal.abort(why))).rejects.toBe(why);
});
