import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemClock } from '../../../../../harness/core/clock.ts';
import type { Overrides, Plan } from '../../../../../harness/plan/plan.ts';
import type { Sample } from '../../../../../harness/telemetry/sample.ts';
import { LocalTestbed } from '../../../../../harness/testbed/local/local-testbed.ts';
import { allowedCpus } from '../../../../../harness/testbed/local/own-cpus.ts';
import { ownSubtrees } from '../../../../../harness/testbed/local/subtree.ts';
import type { LiveTrial, Stage, TrialFindings } from '../../../../../harness/testbed/port.ts';
import { testSubtree, whyNoKernelTests } from '../../../../rig/cli.ts';
import { temporaryFolder } from '../../../../rig/temporary-folder.ts';
import { echoPlan } from './application-plan.ts';
import { localDependencies, until } from './application-rig.ts';
import { echoClient } from './client.ts';

const subtree = `${testSubtree}-trial`;
const { signal } = new AbortController();
const paths = (): readonly string[] => ownSubtrees(localDependencies(subtree)).subtrees.map(({ path }) => path);

/** A testbed of its own, prepared for a plan; what it may leave behind is looked for when the test is over. */
async function prepared(
  plan: Plan,
): Promise<{ readonly stage: Stage; readonly testbed: LocalTestbed; readonly folder: string }> {
  const folder = temporaryFolder();
  const testbed = new LocalTestbed(localDependencies(subtree, { temporaryFolder: folder }));
  const before = allowedCpus();
  const stage = await testbed.prepare(plan, signal);
  onTestFinished(async () => {
    await stage[Symbol.asyncDispose]();
    expect(paths().filter((path) => existsSync(path))).toEqual([]);
    expect(readdirSync(folder)).toEqual([]);
    expect(allowedCpus()).toEqual(before);
  });
  return { stage, testbed, folder };
}

function begin(stage: Stage, plan: Plan, name: string): Promise<LiveTrial | TrialFindings> {
  const arm = plan.arms.find((one) => one.name === name);
  if (arm === undefined) throw new Error(`no arm ${name}`);
  const load = plan.loads[0] ?? null;
  return stage.begin({ id: `001-${name}-1`, arm, load, seed: 1, blockSeed: 1 }, signal);
}

async function live(stage: Stage, plan: Plan, name = 'small'): Promise<LiveTrial> {
  const begun = await begin(stage, plan, name);
  if ('evidence' in begun) throw new Error(JSON.stringify(begun.evidence));
  return begun;
}

/** Its first arm gives the service echo less memory than a process needs. */
function starved(plan: Plan): Plan {
  const share = { replicas: 1, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: 131_072 };
  const [first, ...others] = plan.arms;
  if (first === undefined) throw new Error('no arm');
  return { ...plan, arms: [{ ...first, allocation: { ...first.allocation, echo: share } }, ...others] };
}

const affinityOf = (pid: number): string =>
  /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';

/** Processes in a group of the run. */
const processesIn = (...group: readonly string[]): readonly number[] => {
  const [path = ''] = paths();
  const [run = ''] = readdirSync(path).filter((name) => name.startsWith('run-'));
  return readFileSync(join(path, run, ...group, 'cgroup.procs'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(Number);
};

const countOf = ({ waits }: Sample, group: string): number =>
  (waits ?? []).filter((reading) => reading.group === group).reduce((sum, { count }) => sum + count, 0);

const reason = whyNoKernelTests() ?? (allowedCpus().length < 2 ? 'needs two CPUs' : null);
describe.skipIf(reason !== null)(`a trial of an application${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  test('has the application on its CPUs, and the harness, tracer and generator on the others', async () => {
    const plan = echoPlan({ canary: {}, arms: [{ name: 'small', disturbances: { cpu: 'cores' } }, { name: 'large' }] });
    const { stage, testbed } = await prepared(plan);
    const { details, notes } = await testbed.facts(plan);
    const [application, harness] = [String(details['applicationCpus']), String(details['harnessCpus'])];
    expect(details).toMatchObject({ cpuBinding: 'cpuset', controllersMissing: null });
    expect(notes[0]).toMatch(/^The application has CPUs? .*; harness, load generator and tracer have CPUs? /);
    expect(affinityOf(process.pid)).toBe(harness);
    await using trial = await live(stage, plan);
    expect(trial.generatorCpus).toBe(harness);
    const measured = [['gate', 'gate-1'], ['echo', 'echo-1'], ['canary'], ['disturbance']];
    for (const group of measured) {
      const pids = processesIn(...group);
      expect(pids.length, group.join('/')).toBeGreaterThan(0);
      expect(pids.map(affinityOf), group.join('/')).toEqual(pids.map(() => application));
    }
    await trial.start(null, signal);
    const { evidence } = await trial.finish(signal);
    expect(evidence.disturbance).toMatchObject({ wanted: testbed.capacityCores(plan) });
  });

  test('counts from the instant that it is told, and samples every service with its run-queue waits', async () => {
    const plan = echoPlan();
    const { stage } = await prepared(plan);
    await using trial = await live(stage, plan);
    const originMs = systemClock.nowMs() + 100;
    await trial.start(originMs, signal);
    expect(systemClock.nowMs()).toBeGreaterThanOrEqual(originMs);
    const ask = echoClient(trial.target?.url ?? '');
    for (let request = 0; request < 10; request++) expect(await ask()).toBe(200);
    await trial.clock.advanceTo(500, signal);
    const sample = await trial.sample(signal);
    expect(sample.atMs).toBeGreaterThanOrEqual(500);
    expect(Math.abs(systemClock.nowMs() - originMs - sample.atMs)).toBeLessThan(400);
    expect(sample.services?.map(({ service, replicas }) => [service, replicas.map(({ id }) => id)])).toEqual([
      ['gate', ['gate-1']],
      ['echo', ['echo-1']],
    ]);
    const [gate] = sample.services ?? [];
    expect(gate?.replicas[0]).toMatchObject({ requests: 10, errors: 0, cpuLimitCores: 0.5 });
    // It was started before the trial.
    expect(gate?.replicas[0]?.readyAtMs).toBeLessThan(0);
    expect(countOf(sample, 'gate-1')).toBeGreaterThan(0);
    expect(countOf(sample, 'all')).toBeGreaterThanOrEqual(countOf(sample, 'gate-1') + countOf(sample, 'echo-1'));
  });

  test('each trial begins with new replicas and the allocation of its arm; nothing of the one before is left', async () => {
    const plan = echoPlan();
    const { stage, folder } = await prepared(plan);
    const pids: (readonly number[])[] = [];
    for (const name of ['small', 'large']) {
      await using trial = await live(stage, plan, name);
      pids.push(processesIn('gate', 'gate-1'));
      await trial.start(null, signal);
      const { services } = await trial.sample(signal);
      expect(services?.[1]?.replicas[0]).toMatchObject({ id: 'echo-1', cpuLimitCores: name === 'small' ? 0.5 : 0.9 });
      expect(readdirSync(join(folder, readdirSync(folder)[0] ?? ''))).toHaveLength(1);
    }
    expect(new Set(pids.flat()).size).toBe(2);
    expect(readdirSync(join(folder, readdirSync(folder)[0] ?? ''))).toEqual([]);
  });

  test('an allocation that does not let it start is an outcome of the arm, and the next trial begins', async () => {
    const plan = starved(echoPlan());
    const { stage } = await prepared(plan);
    const begun = await begin(stage, plan, 'small');
    expect(begun).toMatchObject({
      spans: [],
      evidence: {
        tracerDeath: null,
        application: {
          startFailure: 'echo-1 was killed at its memory limit of 131072 bytes before it was ready',
          events: [{ type: 'killed-by-memory-limit', service: 'echo', replica: 'echo-1' }],
        },
      },
    });
    await using trial = await live(stage, plan, 'large');
    expect(trial.target?.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  test('what happens to a replica is in the evidence, at its instant of the trial', async () => {
    // Its time axis is that of the load, which is divided.
    const plan = echoPlan({ faults: [{ kill: 'echo', at: '1s' }], timeCompression: 5 });
    const { stage } = await prepared(plan);
    await using trial = await live(stage, plan);
    await trial.start(null, signal);
    await trial.clock.advanceTo(900, signal);
    const { services } = await trial.sample(signal);
    expect(services?.[1]?.replicas.map(({ id, state }) => [id, state])).toEqual([
      ['echo-1', 'ended'],
      ['echo-2', 'ready'],
    ]);
    const { evidence } = await trial.finish(signal);
    expect(evidence.application?.startFailure).toBeNull();
    expect(evidence.application?.events.map(({ type, replica }) => [type, replica])).toEqual([
      ['killed-by-profile', 'echo-1'],
      ['restarted', 'echo-2'],
    ]);
    const [killed, restarted] = evidence.application?.events ?? [];
    expect(killed?.atMs).toBeGreaterThanOrEqual(200);
    expect(restarted?.atMs).toBeGreaterThanOrEqual((killed?.atMs ?? Infinity) + 100);
  });

  test('an arm may have another source, canary and faults than the profile; without a source there are no waits', async () => {
    const plan = echoPlan({ canary: {} });
    const overrides: Overrides = {
      source: 'none',
      canary: null,
      faults: [{ kind: 'kill', service: 'echo', atMs: 100 }],
    };
    const arms = plan.arms.map((arm) => (arm.name === 'small' ? { ...arm, overrides } : arm));
    const { stage } = await prepared({ ...plan, arms });
    const seen: unknown[] = [];
    for (const name of ['small', 'large']) {
      await using trial = await live(stage, { ...plan, arms }, name);
      await trial.start(null, signal);
      await trial.clock.advanceTo(400, signal);
      const { source, waits, services, tracer } = await trial.sample(signal);
      const { evidence } = await trial.finish(signal);
      const groups = new Set(waits?.map(({ group }) => group));
      const events = evidence.application?.events.map(({ type }) => type);
      seen.push([source, [...groups], services?.length, tracer !== null, evidence.canary !== null, events?.[0]]);
    }
    expect(seen).toEqual([
      ['none', [], 2, false, false, 'killed-by-profile'],
      ['bpf', ['gate-1', 'echo-1', 'canary', 'all'], 2, true, true, undefined],
    ]);
  });

  test('decisions have their tickets in the time of the trial, and later samples show what came of them', async () => {
    const plan = echoPlan();
    const { stage } = await prepared(plan);
    await using trial = await live(stage, plan);
    await trial.start(null, signal);
    await trial.clock.advanceTo(100, signal);
    const reason = { rule: 'asked', numbers: {} };
    const ticket = trial.actuate({ kind: 'replicas', service: 'echo', replicas: 2, reason }, 90);
    expect(ticket).toMatchObject({ id: 1, state: 'in-progress', wantedAtMs: 90 });
    trial.actuate({ kind: 'cpu', service: 'echo', limitCores: 0.75, requestCores: 0.5, reason }, 90);
    await until(() => trial.actions()[0]?.state === 'effective');
    const [scaled, resized] = trial.actions();
    expect(scaled?.acceptedAtMs).toBeGreaterThanOrEqual(100);
    expect(scaled?.effectiveAtMs).toBeGreaterThan(resized?.effectiveAtMs ?? Infinity);
    const { services, atMs } = await trial.sample(signal);
    expect(scaled?.effectiveAtMs).toBeLessThan(atMs);
    expect(services?.[1]).toMatchObject({
      wanted: 2,
      replicas: [1, 2].map((place) => ({
        ...{ id: `echo-${place}`, state: 'ready', cpuLimitCores: 0.75, cpuRequestCores: 0.5 },
      })),
    });
  });

  test('whoever gives up while it starts gets the reason, and nothing is left', async () => {
    const plan = echoPlan();
    const { stage } = await prepared(plan);
    const given = new AbortController();
    const [arm] = plan.arms;
    if (arm === undefined) throw new Error('no arm');
    const begun = stage.begin({ id: '001-small-1', arm, load: null, seed: 1, blockSeed: 1 }, given.signal);
    setTimeout(() => {
      given.abort(new Error('ctrl-C'));
    }, 30);
    await expect(begun).rejects.toThrow('ctrl-C');
    const [run = ''] = readdirSync(paths()[0] ?? '').filter((name) => name.startsWith('run-'));
    const folders = readdirSync(join(paths()[0] ?? '', run), { withFileTypes: true });
    expect(folders.filter((entry) => entry.isDirectory())).toEqual([]);
  });
});
