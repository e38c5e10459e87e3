import { describe, expect, test } from 'vitest';
import { hpaKind } from '../../../../harness/policy/hpa/hpa.ts';
import { hpaOptions, type HpaOptions } from '../../../../harness/policy/hpa/options.ts';
import { formatPath } from '../../../../harness/yaml/field-path.ts';
import { fieldMistakes } from '../../../../harness/yaml/field-mistake.ts';

function optionsOf(written: object = {}): HpaOptions {
  return hpaOptions.parse(written);
}

const mistakesOf = (written: unknown): readonly string[] => {
  const { error } = hpaOptions.safeParse(written);
  return fieldMistakes(error?.issues ?? []).map(({ path, message }) => `${formatPath(path)}: ${message}`);
};

test('without options it is the HPA that Kubernetes makes of an object that says nothing', () => {
  expect(optionsOf()).toEqual({
    metrics: [{ source: 'resource', metric: 'cpu', target: { kind: 'utilisation', percent: 80 } }],
    ...{ tolerance: { up: 0.1, down: 0.1 }, oldTolerance: false, behavior: null },
    ...{ minReplicas: null, maxReplicas: null, signal: 'all', waitUnit: 'seconds' },
    ...{ downscaleStabilisationSeconds: 300, cpuInitialisationSeconds: 300, initialReadinessDelaySeconds: 30 },
    syncSeconds: 15,
  });
  expect(hpaKind.demands(optionsOf())).toEqual({
    ...{ intervalSeconds: 15, longestWindowSeconds: 300, needs: ['cpu-usage', 'cpu-request'], acts: ['replicas'] },
  });
});

test('options are JSON: they come back from a plan as they went into it', () => {
  const options = optionsOf({ metrics: [{ cpu: '50 %' }, { runqueueRatio: 0.8 }], behavior: {} });
  expect(JSON.parse(JSON.stringify(options))).toEqual(options);
});

describe('metrics', () => {
  test.each<[object, object]>([
    [{ cpu: '50 %' }, { source: 'resource', metric: 'cpu', target: { kind: 'utilisation', percent: 50 } }],
    [
      { cpu: '250 millicores' },
      { source: 'resource', metric: 'cpu', target: { kind: 'averageValue', unit: 'cores', amount: 0.25 } },
    ],
    [{ memory: '70 %' }, { source: 'resource', metric: 'memory', target: { kind: 'utilisation', percent: 70 } }],
    [
      { memory: '48 MiB' },
      { source: 'resource', metric: 'memory', target: { kind: 'averageValue', unit: 'bytes', amount: 50_331_648 } },
    ],
    [
      { pods: 'runqueue-wait-p95', averageValue: '5ms' },
      { source: 'pods', metric: 'runqueue-wait-p95', target: { kind: 'averageValue', unit: 'ms', amount: 5 } },
    ],
    [
      { pods: 'runqueue-ratio', averageValue: 0.8 },
      { source: 'pods', metric: 'runqueue-ratio', target: { kind: 'averageValue', unit: 'ratio', amount: 0.8 } },
    ],
    [
      { object: 'runqueue-wait-p95', value: '15ms' },
      { source: 'object', metric: 'runqueue-wait-p95', target: { kind: 'value', unit: 'ms', amount: 15 } },
    ],
    [
      { object: 'request-rate', averageValue: '50/s' },
      { source: 'object', metric: 'request-rate', target: { kind: 'averageValue', unit: 'perSecond', amount: 50 } },
    ],
    [
      { external: 'offered-rate', value: '120/min' },
      { source: 'external', metric: 'offered-rate', target: { kind: 'value', unit: 'perSecond', amount: 2 } },
    ],
  ])('%j', (written, metric) => {
    expect(optionsOf({ metrics: [written] }).metrics).toEqual([metric]);
  });

  test('the proportional ratio brings its guard with it, which can be another or none', () => {
    const ratio = {
      source: 'pods',
      metric: 'runqueue-ratio',
      target: { kind: 'averageValue', unit: 'ratio', amount: 0.8 },
    };
    const guard = (amount: number): object => ({
      ...{ source: 'pods', metric: 'runqueue-wait-p95', target: { kind: 'averageValue', unit: 'ms', amount } },
    });
    expect(optionsOf({ metrics: [{ runqueueRatio: 0.8 }] }).metrics).toEqual([ratio, guard(15)]);
    expect(optionsOf({ metrics: [{ runqueueRatio: 0.8, guard: '5ms' }] }).metrics).toEqual([ratio, guard(5)]);
    expect(optionsOf({ metrics: [{ runqueueRatio: 0.8, guard: null }] }).metrics).toEqual([ratio]);
  });

  const forms =
    'a metric such as { cpu: 80 % }, { memory: 80 % }, { runqueueRatio: 0.8 }, { pods: runqueue-wait-p95, averageValue: 15ms }, { object: request-rate, value: 50/s } or { external: offered-rate, averageValue: 50/s }';

  test.each<[unknown, string]>([
    [[], `metrics: found none, expected at least ${forms}`],
    [{ cpu: '50 %' }, `metrics: found a mapping, expected a list of metrics, each ${forms}`],
    [['cpu'], `metrics[0]: found "cpu", expected ${forms}`],
    [[{ latency: '5ms' }], `metrics[0]: found a mapping, expected ${forms}`],
    [
      [{ cpu: 50 }],
      'metrics[0].cpu: found the number 50, expected a share of the request such as 80 %, or an amount for each replica such as 250 millicores',
    ],
    [[{ cpu: '62.5 %' }], 'metrics[0].cpu: found "62.5 %", expected whole percent'],
    [[{ cpu: '0 %' }], 'metrics[0].cpu: found "0 %", expected 1 % to 10000 %'],
    [[{ cpu: '80 %', value: 1 }], 'metrics[0].value: unknown key "value", expected cpu'],
    [
      [{ pods: 'runqueue-wait-p59', averageValue: '5ms' }],
      'metrics[0].pods: unknown metric "runqueue-wait-p59", did you mean "runqueue-wait-p95"?',
    ],
    [[{ pods: 'runqueue-wait-p95' }], 'metrics[0].averageValue: missing, expected a duration such as 500ms, 30s, 5m'],
    [
      [{ pods: 'runqueue-wait-p95', averageValue: 5 }],
      'metrics[0].averageValue: found the number 5, expected a duration such as 500ms, 30s, 5m; a bare number has no unit',
    ],
    [
      [{ object: 'request-rate', averageValue: '5/s', value: '5/s' }],
      'metrics[0].value: unknown key "value", expected one of object, averageValue',
    ],
    [[{ external: 'offered-rate' }], 'metrics[0].value: missing, expected a rate such as 200/s, 30/min'],
    [
      [{ runqueueRatio: '80 %' }],
      'metrics[0].runqueueRatio: found "80 %", expected a ratio from 0.001 to 1000 such as 0.8',
    ],
  ])('%j is a mistake', (metrics, message) => {
    expect(mistakesOf({ metrics })).toEqual([message]);
  });

  test('what they need of a testbed is what they read', () => {
    const needs = (...metrics: readonly object[]): unknown => hpaKind.demands(optionsOf({ metrics })).needs;
    expect(needs({ cpu: '1 core' })).toEqual(['cpu-usage']);
    expect(needs({ memory: '80 %' })).toEqual(['memory-usage']);
    expect(needs({ runqueueRatio: 0.8 })).toEqual(['cpu-usage', 'cpu-request', 'wait-sum', 'wait-histogram']);
    expect(needs({ object: 'request-rate', value: '5/s' }, { cpu: '80 %' })).toEqual([
      ...['request-rate', 'cpu-usage', 'cpu-request'],
    ]);
    expect(needs({ external: 'offered-rate', value: '5/s' })).toEqual([]);
  });
});

describe('behavior', () => {
  const up = [
    { kind: 'pods', value: 4, periodSeconds: 15 },
    { kind: 'percent', value: 100, periodSeconds: 15 },
  ];
  const down = [{ kind: 'percent', value: 100, periodSeconds: 15 }];

  test('an empty one has the defaults of autoscaling/v2', () => {
    expect(optionsOf({ behavior: {} }).behavior).toEqual({
      scaleUp: { stabilizationWindowSeconds: 0, select: 'Max', policies: up },
      scaleDown: { stabilizationWindowSeconds: null, select: 'Max', policies: down },
    });
  });

  test('each field that is missing has its default', () => {
    const behavior = {
      scaleUp: { policies: [{ pods: 1, period: '1m' }] },
      scaleDown: { stabilizationWindow: '60s', select: 'Disabled' },
    };
    expect(optionsOf({ behavior }).behavior).toEqual({
      scaleUp: {
        stabilizationWindowSeconds: 0,
        select: 'Max',
        policies: [{ kind: 'pods', value: 1, periodSeconds: 60 }],
      },
      scaleDown: { stabilizationWindowSeconds: 60, select: 'Disabled', policies: down },
    });
  });

  test.each<[object, string]>([
    [{ scaleup: {} }, 'behavior.scaleup: unknown key "scaleup", did you mean "scaleUp"?'],
    [{ scaleUp: { select: 'max' } }, 'behavior.scaleUp.select: unknown selection "max", did you mean "Max"?'],
    [
      { scaleUp: { policies: [{ period: '15s' }] } },
      'behavior.scaleUp.policies[0]: found a mapping, expected a policy such as { pods: 4, period: 15s } or { percent: 100, period: 15s }',
    ],
    [
      { scaleUp: { policies: [{ pods: 0, period: '15s' }] } },
      'behavior.scaleUp.policies[0].pods: found the number 0, expected a whole number from 1 to 10000',
    ],
    [
      { scaleDown: { policies: [{ percent: 10, period: '31m' }] } },
      'behavior.scaleDown.policies[0].period: found "31m", expected 1s to 30m',
    ],
    [
      { scaleDown: { policies: [] } },
      'behavior.scaleDown.policies: found none, expected a policy such as { pods: 4, period: 15s } or { percent: 100, period: 15s }',
    ],
  ])('%j is a mistake', (behavior, message) => {
    expect(mistakesOf({ behavior })).toEqual([message]);
  });
});

test('the tolerance may differ by direction', () => {
  expect(optionsOf({ tolerance: '5 %' }).tolerance).toEqual({ up: 0.05, down: 0.05 });
  expect(optionsOf({ tolerance: { up: '0 %' } }).tolerance).toEqual({ up: 0, down: 0.1 });
});

test.each<[object, string]>([
  [{ tolerance: 0.1 }, 'tolerance: found the number 0.1, expected a share such as 2 %; a bare number has no unit'],
  [{ oldTolerance: 'yes' }, 'oldTolerance: expected true or false'],
  [{ minReplicas: 5, maxReplicas: 4 }, 'minReplicas: found 5 with maxReplicas: 4, expected at most that'],
  [
    { target: '80 %' },
    'target: unknown key "target", expected one of metrics, tolerance, oldTolerance, behavior, downscaleStabilisation, cpuInitialisation, initialReadinessDelay, sync, minReplicas, maxReplicas, signal, waitUnit, name',
  ],
  [
    { metrics: [{ pods: 'runqueue-wait-p95', averageValue: '500us' }] },
    'waitUnit: found seconds with a target of 0.5 ms, expected milliseconds: the HPA counts in whole thousandths of the unit',
  ],
])('%j is a mistake', (written, message) => {
  expect(mistakesOf(written)).toEqual([message]);
});

test('the longest window is the longest that takes part', () => {
  const longest = (written: object): number => hpaKind.demands(optionsOf(written)).longestWindowSeconds;
  expect(longest({ downscaleStabilisation: '10m' })).toBe(600);
  expect(longest({ downscaleStabilisation: '10s', cpuInitialisation: '1m' })).toBe(60);
  const metrics = [{ external: 'offered-rate', value: '5/s' }];
  expect(longest({ metrics, downscaleStabilisation: '20s' })).toBe(20);
  expect(longest({ metrics, downscaleStabilisation: '20s', behavior: {} })).toBe(20);
  const scaleUp = { policies: [{ pods: 1, period: '2m' }] };
  expect(longest({ metrics, downscaleStabilisation: '20s', behavior: { scaleUp } })).toBe(120);
  expect(longest({ metrics, behavior: { scaleDown: { stabilizationWindow: '0s' } }, sync: '30s' })).toBe(30);
});
