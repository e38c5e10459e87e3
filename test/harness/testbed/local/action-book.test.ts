import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemClock } from '../../../../harness/core/clock.ts';
import type { ServiceAllocation } from '../../../../harness/plan/plan.ts';
import type { Action, Decision } from '../../../../harness/telemetry/action.ts';
import { ActionBook } from '../../../../harness/testbed/local/action-book.ts';
import type { Replica } from '../../../../harness/testbed/local/application/replica.ts';
import { readLimits } from '../../../../harness/testbed/local/group-limits.ts';
import { allowedCpus } from '../../../../harness/testbed/local/own-cpus.ts';
import { whyNoKernelTests } from '../../../rig/cli.ts';
import { echo, startRig, until, type ApplicationRig } from './application/application-rig.ts';
import { steadyLoad } from './application/client.ts';

const reason = { rule: 'asked', numbers: {} };
const replicas = (count: number, service = 'echo'): Decision => ({
  kind: 'replicas',
  service,
  replicas: count,
  reason,
});
const cpu = (limitCores: number, requestCores?: number): Decision => ({
  ...{ kind: 'cpu', service: 'echo', limitCores, reason },
  ...(requestCores === undefined ? {} : { requestCores }),
});
const memory = (limitBytes: number): Decision => ({ kind: 'memory', service: 'echo', limitBytes, reason });
const mebibyte = 2 ** 20;

interface Rig extends ApplicationRig {
  readonly book: ActionBook;
  /** Wants it now. */
  readonly want: (decision: Decision) => Action;
  readonly states: () => readonly string[];
}

async function rigOf(
  share: Partial<ServiceAllocation> = {},
  {
    hasMemoryLimits = true,
    front = {},
  }: { readonly hasMemoryLimits?: boolean; readonly front?: Partial<ServiceAllocation> } = {},
): Promise<Rig> {
  const model = echo();
  // Its front uses a connection for so long only, so that it finds replicas that come later.
  const restless = model.services.map((service) => ({ ...service, pool: { ...service.pool, maxAgeMs: 50 } }));
  const rig = await startRig({ model: { ...model, services: restless }, changes: { echo: share, gate: front } });
  const startedMs = systemClock.nowMs();
  const nowMs = (): number => systemClock.nowMs() - startedMs;
  const book = new ActionBook({ application: rig.application, cpus: allowedCpus(), hasMemoryLimits, nowMs });
  const want = (decision: Decision): Action => book.actuate(decision, nowMs());
  return { ...rig, book, want, states: () => book.actions().map(({ id, state }) => `${id} ${state}`) };
}

const known = (rig: ApplicationRig, service = 'echo'): readonly string[] =>
  rig
    .living(service)
    .filter(({ isKnown, state }) => isKnown && state === 'ready')
    .map(({ id }) => id);
const fileOf = ({ group }: Replica, name: string): string => readFileSync(join(group.cpu.path, name), 'utf8').trim();

const why = whyNoKernelTests();
describe.skipIf(why !== null)(`decisions on the real testbed${why === null ? '' : ` (skipped: ${why})`}`, () => {
  test('a scaling out is effective when callers know the new replicas, one in when the others have ended', async () => {
    const rig = await rigOf();
    const out = rig.want(replicas(3));
    expect(out).toMatchObject({ id: 1, by: 'policy', state: 'in-progress', effectiveAtMs: null, note: null });
    expect(out.acceptedAtMs).toBeGreaterThanOrEqual(out.wantedAtMs);
    expect(known(rig)).toEqual(['echo-1']);
    await until(() => rig.states()[0] === '1 effective');
    expect(known(rig)).toEqual(['echo-1', 'echo-2', 'echo-3']);
    const [first] = rig.book.actions();
    // Start-up and discovery of the model, 50 ms each.
    expect(first?.effectiveAtMs).toBeGreaterThanOrEqual((first?.acceptedAtMs ?? Infinity) + 100);
    rig.want(replicas(1));
    expect(rig.living('echo')).toHaveLength(3);
    await until(() => rig.states()[1] === '2 effective');
    expect(rig.living('echo').map(({ id }) => id)).toEqual(['echo-1']);
    expect(rig.events()).toEqual([]);
  });

  test('a scaling out that is taken back while its replicas start is superseded', async () => {
    const rig = await rigOf();
    rig.want(replicas(4));
    await systemClock.sleep(20);
    rig.want(replicas(1));
    expect(rig.states()).toEqual(['1 superseded', '2 in-progress']);
    await until(() => rig.states()[1] === '2 effective');
    expect(rig.living('echo').map(({ id }) => id)).toEqual(['echo-1']);
    expect(rig.book.actions()[0]).toMatchObject({ state: 'superseded', effectiveAtMs: null });
    expect(rig.events()).toEqual([]);
  });

  test('a scaling in that is taken back revives nobody: a new one starts', async () => {
    const rig = await rigOf({ replicas: 2 });
    rig.want(replicas(1));
    await systemClock.sleep(10);
    rig.want(replicas(2));
    expect(rig.states()).toEqual(['1 superseded', '2 in-progress']);
    await until(() => rig.states()[1] === '2 effective');
    expect(known(rig)).toEqual(['echo-1', 'echo-3']);
    await until(() => rig.living('echo').length === 2);
  });

  test('what is so already is unchanged, also while it is on its way', async () => {
    const rig = await rigOf({ cpuLimitCores: 0.5, cpuRequestCores: 0.25, memoryLimitBytes: 32 * mebibyte });
    const same = [replicas(1), cpu(0.5), cpu(0.5, 0.25), memory(32 * mebibyte)].map(rig.want);
    expect(same.map(({ state, effectiveAtMs, note }) => [state, effectiveAtMs, note])).toEqual(
      same.map(() => ['unchanged', null, null]),
    );
    rig.want(replicas(2));
    expect(rig.want(replicas(2))).toMatchObject({ state: 'unchanged', note: 'asked for before, and in progress' });
    await until(() => rig.states().includes('5 effective'));
  });

  test('limits and the request change in place and at once, in the kernel too, and for replicas to come', async () => {
    const rig = await rigOf({
      replicas: 2,
      cpuLimitCores: 0.5,
      cpuRequestCores: 0.25,
      memoryLimitBytes: 32 * mebibyte,
    });
    const pids = rig.living('echo').map(({ twin }) => twin?.pid);
    for (const decision of [cpu(0.8), cpu(0.75, 0.375), memory(48 * mebibyte + 0.5)]) {
      const action = rig.want(decision);
      expect(action).toMatchObject({ state: 'effective', note: null });
      expect(action.effectiveAtMs).toBe(action.acceptedAtMs);
    }
    rig.want(replicas(3));
    await until(() => known(rig).length === 3);
    expect(
      rig
        .living('echo')
        .slice(0, 2)
        .map(({ twin }) => twin?.pid),
    ).toEqual(pids);
    for (const replica of rig.living('echo')) {
      expect(readLimits(replica.group)).toEqual({ cpuCores: 0.75, memoryBytes: 48 * mebibyte });
      const held =
        replica.group.placeOf('cpu')?.version === 2 ? fileOf(replica, 'cpu.weight') : fileOf(replica, 'cpu.shares');
      expect(held).toBe(replica.group.placeOf('cpu')?.version === 2 ? '15' : '384');
    }
    const [, service] = await rig.sample();
    expect(
      service?.replicas.map(({ cpuLimitCores, cpuRequestCores, memoryLimitBytes }) => [
        cpuLimitCores,
        cpuRequestCores,
        memoryLimitBytes,
      ]),
    ).toEqual(Array.from({ length: 3 }, () => [0.75, 0.375, 48 * mebibyte]));
  });

  test('a service is weighed against others by what all of its replicas request', async () => {
    const rig = await rigOf({ replicas: 2, cpuRequestCores: 0.25 });
    const serviceGroup = (): string => join(rig.living('echo')[0]?.group.cpu.path ?? '', '..');
    const weight = (): string => {
      const file = rig.living('echo')[0]?.group.placeOf('cpu')?.version === 2 ? 'cpu.weight' : 'cpu.shares';
      return readFileSync(join(serviceGroup(), file), 'utf8').trim();
    };
    const isV2 = rig.living('echo')[0]?.group.placeOf('cpu')?.version === 2;
    expect(weight()).toBe(isV2 ? '20' : '512');
    rig.want(replicas(4));
    expect(weight()).toBe(isV2 ? '39' : '1024');
    rig.want(replicas(1));
    expect(weight()).toBe(isV2 ? '10' : '256');
    await until(() => rig.states()[1] === '2 effective');
  });

  test('the shortest quota of the kernel is a note', async () => {
    const rig = await rigOf({ cpuLimitCores: 0.5 });
    expect(rig.want(cpu(0.004))).toMatchObject({
      state: 'effective',
      note: 'the kernel gives no limit below 0.01 cores',
    });
    expect(rig.living('echo').map(({ limits }) => limits.cpuCores)).toEqual([0.01]);
    expect(rig.want(cpu(0.002))).toMatchObject({
      state: 'unchanged',
      note: 'the kernel gives no limit below 0.01 cores',
    });
  });

  test('less memory than is in use: v1 refuses it and all keep what they had, v2 takes it and kills', async () => {
    const rig = await rigOf({ replicas: 2, memoryLimitBytes: 32 * mebibyte });
    const action = rig.want(memory(4096));
    if (rig.living('echo')[0]?.group.placeOf('memory')?.version === 2) {
      expect(action.state).toBe('effective');
      return;
    }
    expect(action).toMatchObject({ state: 'refused', acceptedAtMs: null, effectiveAtMs: null });
    expect(action.note).toMatch(/^the kernel refuses it: up to \d+ bytes are in use \(EBUSY\)$/);
    for (const { group, limits } of rig.living('echo')) {
      expect([readLimits(group).memoryBytes, limits.memoryBytes]).toEqual([32 * mebibyte, 32 * mebibyte]);
    }
    expect(rig.want(memory(24 * mebibyte))).toMatchObject({ state: 'effective', note: null });
    expect(rig.events()).toEqual([]);
  });

  test('what one machine cannot do is refused', async () => {
    const rig = await rigOf({}, { hasMemoryLimits: false });
    const placement: Decision = { kind: 'placement', service: 'echo', rule: 'apart', with: 'gate', reason };
    expect([placement, memory(32 * mebibyte)].map(rig.want).map(({ state, note }) => [state, note])).toEqual([
      ['refused', 'there is one machine only'],
      ['refused', 'there is no memory controller for us'],
    ]);
  });

  test('under load, decisions that come every 200 ms lose no request', async () => {
    const rig = await rigOf({ cpuLimitCores: 0.6, cpuRequestCores: 0.3, memoryLimitBytes: 64 * mebibyte });
    const load = steadyLoad(rig.url);
    const wanted = [3, 1, 4, 2, 2, 1, 3, 1, 2, 1];
    for (const [step, count] of wanted.entries()) {
      rig.want(replicas(count));
      rig.want(cpu(0.4 + 0.05 * (step % 4), 0.2 + 0.02 * (step % 3)));
      rig.want(memory((48 + step) * mebibyte));
      await systemClock.sleep(200);
    }
    await until(() => rig.states().every((state) => !state.endsWith('in-progress')));
    await systemClock.sleep(100);
    const { ok, failed } = await load.stop();
    expect(failed).toBe(0);
    expect(ok).toBeGreaterThan(100);
    expect(rig.events()).toEqual([]);
    expect(rig.living('echo')).toHaveLength(1);
    const states = new Set(rig.book.actions().map(({ state }) => state));
    expect([...states].sort()).toEqual(expect.arrayContaining(['effective', 'unchanged']));
  });

  test('a front that is scaled out and in under load loses no request that it had accepted', async () => {
    const rig = await rigOf();
    const load = steadyLoad(rig.url);
    for (const count of [3, 1, 2, 1]) {
      rig.want(replicas(count, 'gate'));
      await until(() => rig.states().every((state) => !state.endsWith('in-progress')));
    }
    await systemClock.sleep(100);
    const { ok, failed } = await load.stop();
    expect(rig.events()).toEqual([]);
    expect(failed).toBe(0);
    expect(ok).toBeGreaterThan(50);
  });
});
