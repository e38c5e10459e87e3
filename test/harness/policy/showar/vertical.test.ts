import { describe, expect, test } from 'vitest';
import type { Decision } from '../../../../harness/telemetry/action.ts';
import { asked, chainContext, mebibytes, refusalOf, Run, type Doing } from './showar-rig.ts';

const alone = { one: [] };

/** The only service begins with this size; memory is at its estimate already unless it is told. */
function runOf(
  vertical: object,
  given: { readonly limit: number | null; readonly request?: number; readonly memory?: number | null },
): Run {
  const context = chainContext(alone);
  const allocation = {
    one: {
      replicas: 1,
      cpuLimitCores: given.limit,
      cpuRequestCores: given.request ?? given.limit,
      memoryLimitBytes: given.memory === undefined ? mebibytes(32) : given.memory,
    },
  };
  return new Run({ vertical, horizontal: 'off' }, { ...context, allocation });
}

const using = (cores: number | readonly number[], changes: Partial<Doing> = {}): { one: Doing } => ({
  one: { cores, ...changes },
});

test('a size of 1 core is kept at an estimate of 1.15 and left at 1.1501: the change has to be larger than 15 %', () => {
  const vertical = { oneCoreRule: null };
  expect(runOf(vertical, { limit: 1 }).step(using(1.15)).map(asked)).toEqual([]);
  expect(runOf(vertical, { limit: 1 }).step(using(1.1501)).map(asked)).toEqual(['one cpu 1.1501/1.1501']);
  expect(runOf(vertical, { limit: 1 }).step(using(0.85)).map(asked)).toEqual([]);
  expect(runOf(vertical, { limit: 1 }).step(using(0.8499)).map(asked)).toEqual(['one cpu 0.8499/0.8499']);
});

test('the rounding of a division does not make a change of exactly 15 % larger', () => {
  // (0.92 - 0.8) / 0.8 is 0.15000000000000002.
  expect(runOf({}, { limit: 0.8 }).step(using(0.92))).toEqual([]);
});

test('a size is mean + k sigma of the samples in the window', () => {
  const run = runOf({ window: '2m' }, { limit: 0.4 });
  const swing = (second: number): { one: Doing } => using(second % 2 === 0 ? 0.4 : 0.6);
  const [decision] = run.step(swing);
  expect(decision).toEqual({
    ...{ kind: 'cpu', service: 'one', limitCores: close(0.8), requestCores: close(0.8) },
    reason: {
      rule: 'changed enough',
      numbers: {
        ...{ meanCores: close(0.5), sigmaCores: close(0.1), estimateCores: close(0.8), baseCores: 0.4 },
        ...{
          sizeCores: close(0.8),
          k: 3,
          samples: 60,
          changeShare: close(1),
          threshold: 0.15,
          oomKills: 0,
          bound: null,
        },
      },
    },
  });
  run.step(using(0.3));
  // The window is of 120 samples: what swung has left it.
  expect(run.step(using(0.3))[0]?.reason.numbers).toMatchObject({ estimateCores: close(0.3), samples: 120 });
});

test('memory is sized in whole bytes, rounded up', () => {
  const run = runOf({ k: 0 }, { limit: 0.5, memory: mebibytes(8) });
  const swing = (second: number): { one: Doing } => using(0.5, { bytes: mebibytes(16) + (second % 2) });
  expect(run.step(swing)[0]).toMatchObject({
    kind: 'memory',
    limitBytes: mebibytes(16) + 1,
    reason: { numbers: { bound: null } },
  });
});

test('a service without a size gets one with its first estimate', () => {
  const [cpu, memory] = runOf({}, { limit: null, memory: null }).step(using(0.5));
  expect(cpu?.reason).toMatchObject({ rule: 'no size yet', numbers: { baseCores: null, changeShare: null } });
  expect([cpu, memory].map((decision) => decision && asked(decision))).toEqual([
    'one cpu 0.5/0.5',
    'one memory 32 MiB',
  ]);
});

describe('the one-core rule', () => {
  test('an estimate of 1.01 cores is not applied, and one of 1 core is', () => {
    expect(runOf({}, { limit: 0.5 }).step(using(1.01)).map(asked)).toEqual([]);
    expect(runOf({}, { limit: 0.5 }).step(using(1)).map(asked)).toEqual(['one cpu 1/1']);
  });

  test('memory is sized whatever the estimate of CPU is', () => {
    const run = runOf({}, { limit: 0.5, memory: mebibytes(8) });
    expect(run.step(using(1.01, { bytes: mebibytes(1000) })).map(asked)).toEqual(['one memory 1000 MiB']);
  });

  test('without it, sizes go up to the bound', () => {
    expect(runOf({ oneCoreRule: null }, { limit: 0.5 }).step(using(1.01)).map(asked)).toEqual(['one cpu 1.01/1.01']);
  });
});

describe('after a kill by the memory limit', () => {
  test('the service acts although the change is at most 15 %, once', () => {
    const run = runOf({}, { limit: 0.5, memory: mebibytes(30) });
    const [decision, ...others] = run.step((second) => using(0.5, { oomKills: second === 7 ? 1 : 0 }));
    expect(others).toEqual([]);
    expect(decision).toMatchObject({ kind: 'memory', limitBytes: mebibytes(32) });
    expect(decision?.reason).toMatchObject({ rule: 'OOM kill', numbers: { oomKills: 1, changeShare: close(1 / 15) } });
    expect(run.step(using(0.5, { bytes: mebibytes(33) }))).toEqual([]);
  });

  test('a replica that ended counts', () => {
    const run = runOf({ partialWindow: 'act' }, { limit: 0.5, memory: mebibytes(30) });
    const decisions = run.step((second) => using(0.5, second === 59 ? { oomKills: 1, state: 'ended' } : {}));
    expect(decisions.map(asked)).toEqual(['one memory 32 MiB']);
  });
});

describe('what a change is a change of', () => {
  const grow = (changeBase: string): string[][] => {
    // The window is one step long, so that usage is its estimate.
    const run = runOf({ changeBase, window: '60s' }, { limit: 0.5 });
    return [0.5, 0.55, 0.605, 0.6655, 0.73205].map((cores) => run.step(using(cores)).map(asked));
  };

  test('usage that grows by 10 % a step is never followed if each estimate is compared with the one before', () => {
    expect(grow('evaluated')).toEqual([[], [], [], [], []]);
  });

  test('and at every second step if it is compared with the size that was applied: 21 %', () => {
    expect(grow('applied')).toEqual([[], [], ['one cpu 0.605/0.605'], [], ['one cpu 0.73205/0.73205']]);
  });
});

describe('which size is set', () => {
  const sizes = (size: string, limit: number | null, request: number, cores: number): string[] =>
    runOf({ size }, { limit, request }).step(using(cores)).map(asked);

  test('both: limit and request are the estimate', () => {
    expect(sizes('both', 0.8, 0.2, 0.5)).toEqual(['one cpu 0.5/0.5']);
  });

  test('limit: the request stays as it is, unless it would be above the limit', () => {
    expect(sizes('limit', 0.8, 0.2, 0.5)).toEqual(['one cpu 0.5/-']);
    expect(sizes('limit', 0.8, 0.6, 0.5)).toEqual(['one cpu 0.5/0.5']);
  });

  test('request: it is what is compared, and the limit stays as it is, unless it would be below the request', () => {
    expect(sizes('request', 0.8, 0.5, 0.51)).toEqual([]);
    expect(sizes('request', 0.8, 0.2, 0.5)).toEqual(['one cpu 0.8/0.5']);
    expect(sizes('request', 0.4, 0.2, 0.5)).toEqual(['one cpu 0.5/0.5']);
  });

  test('request, where there is no limit: the highest that is allowed stands for none', () => {
    expect(sizes('request', null, 0.2, 0.5)).toEqual(['one cpu 2/0.5']);
  });
});

describe('bounds', () => {
  test('cut the size, which the reason says, and it is not asked for again', () => {
    const run = runOf({}, { limit: 0.5, memory: mebibytes(64) });
    const idle = using(0.001, { bytes: mebibytes(1) });
    const decisions = run.step(idle);
    expect(decisions.map(asked)).toEqual(['one cpu 0.05/0.05', 'one memory 4 MiB']);
    expect(decisions.map(({ reason }) => reason.numbers['bound'])).toEqual(['least', 'least']);
    expect(run.step(idle)).toEqual([]);
  });

  test('at the top as well', () => {
    const run = runOf({ oneCoreRule: null }, { limit: 0.5 });
    const [cpu] = run.step(using(5));
    expect(cpu && asked(cpu)).toBe('one cpu 2/2');
    expect(cpu?.reason.numbers).toMatchObject({ estimateCores: close(5), sizeCores: 2, bound: 'most' });
    expect(run.step(using(5))).toEqual([]);
  });
});

describe('replicas', () => {
  test('are taken at their mean, or one by one', () => {
    const cores = [0.2, 0.8];
    expect(runOf({}, { limit: 0.3 }).step(using(cores)).map(asked)).toEqual(['one cpu 0.5/0.5']);
    expect(runOf({ k: 1, samples: 'per-pod' }, { limit: 0.3 }).step(using(cores)).map(asked)).toEqual([
      'one cpu 0.8/0.8',
    ]);
  });

  test('that start or drain are not measured', () => {
    expect(runOf({}, { limit: 0.3 }).step(using(0.9, { state: 'starting' }))).toEqual([]);
    expect(runOf({}, { limit: 0.3 }).step(using(0.9, { state: 'draining' }))).toEqual([]);
  });
});

test('until its window is full it acts on what there is, or it waits', () => {
  const first = (partialWindow: string): number => {
    const run = runOf({ partialWindow }, { limit: 0.3 });
    return [1, 2, 3, 4, 5, 6].find(() => run.step(using(0.9)).length > 0) ?? NaN;
  };
  expect([first('act'), first('wait')]).toEqual([1, 5]);
});

test('a resize that was refused is tried again', () => {
  const run = runOf({}, { limit: 0.3, memory: mebibytes(8) });
  const decisions = run.step(using(0.9));
  expect(decisions.map(asked)).toEqual(['one cpu 0.9/0.9', 'one memory 32 MiB']);
  expect(run.step(using(0.9), decisions.map(refusalOf)).map(asked)).toEqual(['one cpu 0.9/0.9', 'one memory 32 MiB']);
  const other: Decision = { kind: 'cpu', service: 'one', limitCores: 0.123, reason: { rule: 'x', numbers: {} } };
  expect(run.step(using(0.9), [refusalOf(other)])).toEqual([]);
});

const close = (value: number): number => expect.closeTo(value, 6) as number;
