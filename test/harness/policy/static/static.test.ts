import { expect, test } from 'vitest';
import { fieldMistakes } from '../../../../harness/yaml/field-mistake.ts';
import { staticKind } from '../../../../harness/policy/static/static.ts';
import { policyContext } from '../policy-context.ts';

test('it asks for nothing, needs nothing and decides nothing', () => {
  const context = policyContext({ timeCompression: 30 });
  const policy = staticKind.create({}, context);

  expect(staticKind.demands({})).toEqual({ intervalSeconds: 60, longestWindowSeconds: 0, needs: [], acts: [] });
  expect(policy.intervalMs).toBe(2000);
  expect(policy.step({ nowMs: 2000, samples: [], pending: [], settled: [] })).toEqual([]);
});

test('it has no options, and says so', () => {
  expect(staticKind.options.safeParse({}).data).toEqual({});
  const { error } = staticKind.options.safeParse({ replicas: 3 });
  expect(fieldMistakes(error?.issues ?? [])).toEqual([
    { path: ['replicas'], message: 'unknown key "replicas", expected name', at: 'key' },
  ]);
});
