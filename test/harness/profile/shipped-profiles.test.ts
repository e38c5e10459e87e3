import { describe, expect, test } from 'vitest';
import { loadProfile } from '../../../harness/profile/load-profile.ts';
import { readProjectFile, sourceFiles } from '../../guard/project-files.ts';
import { loaded } from './profile-text.ts';

test.each(sourceFiles('profiles', '.yaml'))('%s is valid and names its schema for editors', (file) => {
  const text = readProjectFile(file);

  expect(loadProfile({ text, fileName: file })).toMatchObject({ ok: true });
  expect(text.split('\n')[0]).toMatch(/^# yaml-language-server: \$schema=(\.\.\/)*(\.\/)?schema\.json$/);
});

describe('runqueue.yaml', () => {
  const profile = loaded(readProjectFile('profiles/runqueue.yaml'));

  test('compares the idle machine with one, as many as cores, and twice as many busy threads', () => {
    expect(profile).toEqual({
      description: 'Run-queue wait on an idle machine and beside busy threads.',
      seed: 1,
      blocks: 8,
      aa: false,
      testbed: { kind: 'local' },
      source: 'auto',
      trialMs: 5000,
      warmupMs: 1000,
      sampleMs: 1000,
      canary: { ratePerSecond: 200, workMicros: 100 },
      arms: [
        { name: 'idle', disturbances: { cpu: null } },
        { name: 'stress-1', disturbances: { cpu: { threads: 1 } } },
        { name: 'stress-cores', disturbances: { cpu: { timesCores: 1 } } },
        { name: 'stress-2x', disturbances: { cpu: { timesCores: 2 } } },
      ],
      loads: [],
      hypotheses: ['stress-1', 'stress-cores', 'stress-2x'].map((arm) => ({
        arm,
        against: 'idle',
        metric: 'canary-wait-p95',
      })),
      limits: { stolenShare: 0.02, clockJumpMs: 20, observationGapMs: 2000 },
    });
  });

  test('its sibling for machines without a tracer differs in the metric alone', () => {
    const sibling = loaded(readProjectFile('profiles/runqueue-mean.yaml'));
    const hypotheses = profile.hypotheses.map((hypothesis) => ({ ...hypothesis, metric: 'canary-wait-mean' }));

    expect(sibling).toEqual({ ...profile, description: sibling.description, hypotheses });
  });

  test('its A/A profile differs in the arms and the hypothesis alone', () => {
    const sibling = loaded(readProjectFile('profiles/runqueue-aa.yaml'));

    expect(sibling).toEqual({
      ...profile,
      description: sibling.description,
      aa: true,
      arms: ['idle-a', 'idle-b'].map((name) => ({ name, disturbances: { cpu: null } })),
      hypotheses: [{ arm: 'idle-b', against: 'idle-a', metric: 'canary-wait-p95' }],
    });
  });
});
