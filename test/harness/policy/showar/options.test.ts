import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse as parseYaml } from 'yaml';
import { showarKind } from '../../../../harness/policy/showar/showar.ts';
import { fieldMistakes } from '../../../../harness/yaml/field-mistake.ts';

const parse = (written: object) => showarKind.options.parse(written);
const mistakes = (written: object): string[] =>
  fieldMistakes(showarKind.options.safeParse(written).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

test('without options it is what was published, and what was not is told in the variants', () => {
  expect(parse({})).toEqual({
    signal: 'all',
    holdSeconds: null,
    vertical: {
      ...{ k: 3, windowSeconds: 300, everySeconds: 60, threshold: 0.15, oneCoreRule: 1 },
      ...{ size: 'both', samples: 'mean-of-replicas', changeBase: 'applied', partialWindow: 'act' },
    },
    horizontal: {
      ...{ targetMs: 15, everySeconds: 60, reading: 'literal', design: 'one-for-each', adaptation: 'fixed' },
      ...{ gains: { proportional: 1 / 3, integral: 1 / 3, derivative: 1 / 3 }, integralWindow: 5 },
      ...{ integralClampMs: null, alpha: 0.2, beta: 0.1, rounding: 'floor', observation: 'mean-of-p95s' },
    },
    affinity: null,
  });
  expect(parse({ affinity: 'on' }).affinity).toEqual({ threshold: 0.8, withdrawal: 0.2, everySeconds: 300 });
});

test('the example of its page are the defaults', () => {
  const page = readFileSync(new URL('../../../../docs/policies/showar.md', import.meta.url), 'utf8');
  const { policy } = parseYaml(/```yaml\n(.*?)```/s.exec(page)?.[1] ?? '') as { policy: Record<string, unknown> };
  const { name, ...options } = policy;
  expect(name).toBe(showarKind.name);
  expect(parse(options)).toEqual(parse({}));
});

test('options are JSON, so that a plan holds them as they are', () => {
  const options = parse({ affinity: 'on', hold: '90s', horizontal: { integralClamp: '45ms' } });
  expect(JSON.parse(JSON.stringify(options))).toEqual(options);
  expect(options).toMatchObject({ holdSeconds: 90, horizontal: { integralClampMs: 45 } });
});

test('a part is on, off, or has options of its own', () => {
  expect(parse({ vertical: 'off', horizontal: 'on' })).toMatchObject({ vertical: null, horizontal: { targetMs: 15 } });
  expect(parse({ horizontal: { target: '5ms' } })).toMatchObject({ horizontal: { targetMs: 5, reading: 'literal' } });
});

describe('mistakes are told at their place', () => {
  test.each([
    [{ vertical: { kk: 3 } }, 'vertical.kk: unknown key "kk", did you mean "k"?'],
    [
      { horizontal: { target: 15 } },
      'horizontal.target: found the number 15, expected a duration such as 500ms, 30s, 5m; a bare number has no unit',
    ],
    [{ horizontal: true }, 'horizontal: found true, expected on, off, or a mapping such as { target: 15ms }'],
    [{ vertical: 'of' }, 'vertical: found "of", expected on, off, or a mapping such as { k: 3 }'],
    [
      { vertical: 'off', horizontal: 'off' },
      'horizontal: found off, expected at least one of vertical, horizontal and affinity to be on',
    ],
    [
      { horizontal: { gains: { integral: 11 } } },
      'horizontal.gains.integral: found the number 11, expected a number from 0 to 10',
    ],
    [
      { horizontal: { integralWindow: 0 } },
      'horizontal.integralWindow: found the number 0, expected unbounded, or a whole number of steps from 1 to 10000',
    ],
    [{ affinity: { threshold: 2 } }, 'affinity.threshold: found the number 2, expected a number from 0.01 to 1'],
    [
      { target: '15ms' },
      'target: unknown key "target", expected one of signal, hold, vertical, horizontal, affinity, name',
    ],
  ])('%j', (written, expected) => {
    expect(mistakes(written)).toEqual([expected]);
  });
});

describe('what it asks of a trial', () => {
  const demands = (written: object) => showarKind.demands(parse(written));

  test('is what its parts ask together', () => {
    expect(demands({})).toEqual({
      ...{ intervalSeconds: 60, longestWindowSeconds: 300 },
      needs: ['cpu-usage', 'memory-usage', 'oom-kills', 'wait-histogram'],
      acts: ['cpu', 'memory', 'replicas'],
    });
    expect(demands({ vertical: 'off' })).toEqual({
      ...{ intervalSeconds: 60, longestWindowSeconds: 300, needs: ['wait-histogram'], acts: ['replicas'] },
    });
    expect(demands({ vertical: 'off', horizontal: 'off', affinity: 'on' })).toEqual({
      ...{ intervalSeconds: 300, longestWindowSeconds: 300, needs: ['cpu-usage', 'memory-usage'], acts: ['placement'] },
    });
  });

  test('follows its windows', () => {
    expect(demands({ vertical: { window: '20m', every: '30s' } })).toMatchObject({
      ...{ intervalSeconds: 30, longestWindowSeconds: 1200 },
    });
    const longest = (horizontal: object): number => demands({ vertical: 'off', horizontal }).longestWindowSeconds;
    expect(longest({ integralWindow: 20 })).toBe(1200);
    expect(longest({ integralWindow: 'unbounded' })).toBe(60);
    expect(longest({ adaptation: 'adaptive' })).toBe(600);
  });
});

test('the description names each option that the paper leaves open', () => {
  const told = showarKind.variants.map((variant) => variant.split(':')[0]);
  const open = ['reading', 'integralWindow', 'integralClamp', 'adaptation', 'design', 'observation', 'rounding'];
  expect(told).toEqual(
    expect.arrayContaining([...open, 'signal', 'size', 'samples', 'changeBase', 'partialWindow', 'hold', 'affinity']),
  );
});
