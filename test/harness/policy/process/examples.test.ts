import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../../../harness/core/package-root.ts';
import { admitDecisions } from '../../../../harness/policy/admit-decision.ts';
import type { Controller } from '../../../../harness/policy/port.ts';
import { checkProcessPolicy } from '../../../../harness/policy/process/check-process-policy.ts';
import type { Sample } from '../../../../harness/telemetry/sample.ts';
import { readProjectFile } from '../../../guard/project-files.ts';
import { readYaml } from '../../../../harness/yaml/read-yaml.ts';
import { sourceText } from '../../../../harness/yaml/source-text.ts';
import { toValue } from '../../../../harness/yaml/sourced-node.ts';
import { replicaOf, serviceOf } from '../../../rig/replica-reading.ts';
import { busyService, exampleContext, never, optionsOf, sampleOf, startPolicy, windowOf, worldIn } from './example.ts';

const examples = ['threshold.py', 'threshold.sh', 'headroom.ts'] as const;
const world = worldIn(packageRoot);

/** The profile in the comment that an example begins with. */
function writtenFor(file: string): object {
  const text = readProjectFile(`profiles/policies/${file}`);
  const [, lines = ''] = /^[#* ]* {4}policy:\n((?:[#* ]* {6}\S.*\n)+)/m.exec(text) ?? [];
  const yaml = lines.replaceAll(/^[#*\s]+/gm, '');
  const { node, mistakes } = readYaml(sourceText(file, yaml));
  expect(mistakes).toEqual([]);
  const { name, ...written } = toValue(node ?? expect.fail('nothing is written')) as { name: string };
  expect(name).toBe('process');
  return written;
}

const start = (file: string): Promise<Controller> => startPolicy(writtenFor(file), world);

/** What it decides about this service, without its reasons. */
async function decided(controller: Controller, ...samples: readonly Sample[]): Promise<readonly unknown[]> {
  const { decisions } = await controller.step(windowOf(...samples), never);
  const admissions = admitDecisions(decisions, exampleContext());
  return admissions.map(({ kind, ...rest }) => {
    if (!('decision' in rest) || kind !== 'admitted') return { kind, ...rest };
    const { reason, ...decision } = rest.decision;
    expect(reason.rule).not.toBe('');
    return decision;
  });
}

describe.each(examples)('%s', (file) => {
  test('can be started as its comment says', async () => {
    expect(await checkProcessPolicy(optionsOf(writtenFor(file)), world)).toEqual([]);
    expect((await start(file)).intervalMs).toBe(7500);
  });

  test('does nothing where nothing was measured', async () => {
    const unknown = serviceOf('nginx', replicaOf('nginx-1', { cpuRequestCores: 0.5 }));
    const controller = await start(file);
    expect(await decided(controller, sampleOf(500))).toEqual([]);
    expect(await decided(controller, sampleOf(1000, unknown), sampleOf(1500, unknown))).toEqual([]);
  });

  test('leaves stores alone, and never leaves the bounds', async () => {
    const controller = await start(file);
    const cores = fc.oneof(fc.double({ min: 0, max: 4, noNaN: true }), fc.constantFrom(0, 0.5, 1e-7, 1e6));
    const load = fc.record({ cores, replicas: fc.integer({ min: 0, max: 6 }) });
    let atMs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(load, { minLength: 1, maxLength: 3 }), async (loads) => {
        const samples = loads.map((one) => {
          const services = ['nginx', 'echo', 'redis'].map((name) => busyService(name, one.replicas, one.cores));
          return sampleOf((atMs += 500), ...services);
        });
        const { decisions } = await controller.step(windowOf(...samples), never);
        for (const admission of admitDecisions(decisions, exampleContext())) {
          expect(admission).toMatchObject({
            kind: 'admitted',
            decision: { service: expect.not.stringMatching('redis') as string },
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  test('decides the same when it sees the same', async () => {
    const run = async (): Promise<unknown> => {
      const controller = await start(file);
      const all: unknown[] = [];
      for (const [index, cores] of [0.1, 0.5, 0.3, 0.01].entries()) {
        const sample = sampleOf(index * 7500 + 7500, busyService('nginx', 2, cores), busyService('echo', 2, cores / 2));
        all.push(...(await controller.step(windowOf(sample), never)).decisions);
      }
      return all;
    };
    const first = await run();
    expect(first).not.toEqual([]);
    expect(await run()).toEqual(first);
  });
});

/** As many replicas as it wants under a constant load, at the end of each of so many steps. */
async function settle(file: string, loadCores: number, steps: number): Promise<readonly number[]> {
  const controller = await start(file);
  let replicas = 2;
  const seen: number[] = [];
  for (let step = 1; step <= steps; step++) {
    // What does not fit into the limit is not used.
    const service = busyService('nginx', replicas, Math.min(0.5, loadCores / replicas));
    const decisions = await decided(controller, sampleOf(step * 7500, service));
    const [decision] = decisions as readonly { readonly replicas: number }[];
    seen.push((replicas = decision?.replicas ?? replicas));
  }
  return seen;
}

describe('threshold.py', () => {
  test('gives its reasons with their numbers', async () => {
    const controller = await start('threshold.py');
    const busy = sampleOf(500, busyService('nginx', 2, 0.45), busyService('echo', 2, 0.3));
    expect((await controller.step(windowOf(busy, busy), never)).decisions).toEqual([
      {
        ...{ kind: 'replicas', service: 'nginx', replicas: 3 },
        reason: { rule: 'above target', numbers: { utilisation: 0.9, target: 0.6, ready: 2 } },
      },
    ]);
  });

  test('does not ask again for replicas that are starting', async () => {
    const busy = busyService('nginx', 2, 0.45);
    const starting = { ...busy, wanted: 3, replicas: [...busy.replicas, replicaOf('nginx-3', { state: 'starting' })] };
    expect(await decided(await start('threshold.py'), sampleOf(500, starting))).toEqual([]);
  });

  test('finds the number that keeps the target, and stays there', async () => {
    expect(await settle('threshold.py', 1.2, 6)).toEqual([4, 4, 4, 4, 4, 4]);
    expect(await settle('threshold.py', 0.6, 6)).toEqual([2, 2, 2, 2, 2, 2]);
  });

  test('takes replicas away only when they were too many for as long as it holds: half a minute here', async () => {
    expect(await settle('threshold.py', 0.2, 6)).toEqual([2, 2, 2, 1, 1, 1]);
  });
});

describe('threshold.sh', () => {
  test('gives its reasons with their numbers', async () => {
    const controller = await start('threshold.sh');
    const busy = sampleOf(500, busyService('nginx', 2, 0.45), busyService('echo', 2, 0.1));
    expect((await controller.step(windowOf(sampleOf(0, busyService('nginx', 1, 0)), busy), never)).decisions).toEqual([
      {
        ...{ kind: 'replicas', service: 'nginx', replicas: 3 },
        reason: { rule: 'above high', numbers: { utilisation: 0.9 } },
      },
      {
        ...{ kind: 'replicas', service: 'echo', replicas: 1 },
        reason: { rule: 'below low', numbers: { utilisation: 0.2 } },
      },
    ]);
  });

  test('goes by one at a time', async () => {
    expect(await settle('threshold.sh', 1.9, 4)).toEqual([3, 4, 4, 4]);
    expect(await settle('threshold.sh', 1.1, 4)).toEqual([3, 3, 3, 3]);
    expect(await settle('threshold.sh', 0.1, 4)).toEqual([1, 1, 1, 1]);
  });

  test('ends when its input does', async () => {
    const controller = await start('threshold.sh');
    await controller[Symbol.asyncDispose]();
    expect((await decidedAfterEnd(controller)).message).toMatch(/ended/);
  });
});

describe('headroom.ts', () => {
  test('sizes by the most that a replica used within its window', async () => {
    const controller = await start('headroom.ts');
    const at = (atMs: number, cores: number): Sample => sampleOf(atMs, busyService('nginx', 2, cores));
    const limit = (limitCores: number): object => ({ kind: 'cpu', service: 'nginx', limitCores });

    expect(await decided(controller, at(500, 0.4), at(1000, 0.2))).toEqual([limit(0.4 * 1.5)]);
    expect(await decided(controller, at(7500, 0.38))).toEqual([]);
    expect(await decided(controller, at(31_000, 0.2))).toEqual([]);
    // Half a minute later a peak is forgotten.
    expect(await decided(controller, at(40_000, 0.001))).toEqual([limit(0.2 * 1.5)]);
    expect(await decided(controller, at(90_000, 0.001))).toEqual([limit(0.1)]);
  });
});

const decidedAfterEnd = (controller: Controller): Promise<Error> =>
  controller.step(windowOf(sampleOf(500)), never).then(
    () => new Error('it went on'),
    (error: unknown) => error as Error,
  );
