import { expect, test } from 'vitest';
import { makePlan } from '../../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../../harness/plan/plan.ts';
import { formatDiagnostics } from '../../../../harness/yaml/diagnostic.ts';
import { loadProfile } from '../../../../harness/profile/load-profile.ts';
import { checkThreads } from '../../../../harness/testbed/local/thread-limit.ts';

function planOf(cpu: string): Plan {
  const text =
    `testbed: { kind: local }\narms: [{ name: idle }, { name: busy, disturbances: { cpu: ${cpu} } }]\n` +
    'hypotheses: [{ arm: busy, against: idle, metric: canary-wait-p95 }]\n';
  const loaded = loadProfile({ text, fileName: 'local.yaml' });
  if (!loaded.ok) throw new Error(formatDiagnostics(loaded.diagnostics));
  return makePlan(loaded.profile, 'local');
}

test('as many threads as our programs run are allowed', () => {
  expect(checkThreads(planOf('1024'), 2)).toEqual([]);
  expect(checkThreads(planOf('64x cores'), 16)).toEqual([]);
});

test('a multiple of many cores is more than can be run', () => {
  expect(checkThreads(planOf('64x cores'), 17)).toEqual([
    {
      severity: 'error',
      code: 'too-many-threads',
      message: 'The arm busy asks for 1088 busy threads on 17 cores, at most 1024 can be run.',
      hint: 'Ask for fewer with `disturbances: { cpu: ... }`.',
    },
  ]);
});
