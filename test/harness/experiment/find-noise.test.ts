import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { findNoise } from '../../../harness/experiment/find-noise.ts';
import type { Noise } from '../../../harness/plan/budget.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import { runInRig, simPlan } from '../../rig/experiment-rig.ts';
import { loadOf } from '../../rig/recorded.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const aaPlan = (): Plan => simPlan({ arms: ['idle', 'calm'], extra: 'aa: true\n' });

test('noise is of an experiment that used the source that the plan will use', async () => {
  const results = temporaryFolder();
  const { recorded } = await runInRig(results, aaPlan());
  const { machine } = recorded.manifest;
  const found = (source: Plan['source']): Promise<Noise | null> =>
    findNoise(results, { ...simPlan(), source }, machine);
  expect(await found('auto')).toMatchObject({
    experiment: 'experiment-1',
    source: 'sim',
    standardDeviation: { 'canary-wait-p95': expect.any(Number) as number },
  });
  expect([await found('bpf'), await found('schedstat')]).toEqual([null, null]);

  // As if the testbed had fallen back.
  const path = recorded.paths.manifest;
  writeFileSync(path, readFileSync(path, 'utf8').replace('"source": "sim"', '"source": "schedstat"'));
  expect(await found('schedstat')).toMatchObject({ source: 'schedstat' });
  expect(await found('bpf')).toBeNull();
});

test('a source that was asked for by name says nothing of what a testbed takes by itself', async () => {
  const results = temporaryFolder();
  const { recorded } = await runInRig(results, { ...aaPlan(), source: 'bpf' });
  expect(await findNoise(results, simPlan(), recorded.manifest.machine)).toBeNull();
});

test('noise of another machine, of another load, or of arms that differ is not taken', async () => {
  const results = temporaryFolder();
  const { recorded } = await runInRig(results, aaPlan());
  const { machine } = recorded.manifest;
  const plan = simPlan();
  expect(await findNoise(results, plan, machine)).not.toBeNull();
  expect(await findNoise(results, plan, { ...machine, cores: 4 })).toBeNull();
  expect(await findNoise(results, { ...plan, loads: [loadOf('low', 51)] }, machine)).toBeNull();
  expect(await findNoise(results, { ...plan, timeCompression: 2 }, machine)).toBeNull();
  const other = temporaryFolder();
  await runInRig(other, plan);
  expect(await findNoise(other, plan, machine)).toBeNull();
});

test('noise at other prices is not taken by a plan that asks about cost, and is by any other', async () => {
  const results = temporaryFolder();
  const { recorded } = await runInRig(results, { ...aaPlan(), prices: { coreHour: 1, gigabyteHour: 1 } });
  const { machine } = recorded.manifest;
  const [hypothesis] = simPlan().hypotheses;
  if (hypothesis === undefined) throw new Error('a plan asks about something');
  const asking = { ...simPlan(), hypotheses: [{ ...hypothesis, metric: 'cost' as const }] };

  expect(await findNoise(results, simPlan(), machine)).not.toBeNull();
  expect(await findNoise(results, asking, machine)).toBeNull();
  const same = { ...asking, prices: recorded.plan.prices };
  expect(await findNoise(results, same, machine)).not.toBeNull();
});
