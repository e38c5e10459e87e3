import { describe, expect, test } from 'vitest';
import { loadProfile } from '../../../harness/profile/load-profile.ts';
import { readProjectFile, shippedProfiles } from '../../guard/project-files.ts';
import { defaultLimits } from '../../../harness/profile/default-limits.ts';
import { armOf } from '../../rig/recorded.ts';
import { loaded, readerOf } from './profile-text.ts';

test.each(shippedProfiles())('%s is valid and names its schema for editors', (file) => {
  const text = readProjectFile(file);

  expect(loadProfile({ text, fileName: file, read: readerOf() })).toMatchObject({ ok: true });
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
      testbed: { kind: 'local', applicationCpus: null, harnessCpus: null, port: null },
      source: 'auto',
      application: null,
      timeCompression: 1,
      trialMs: 5000,
      warmupMs: 1000,
      sampleMs: 1000,
      canary: { ratePerSecond: 200, workMicros: 100 },
      bounds: null,
      prices: null,
      arms: [
        armOf('idle', null),
        armOf('stress-1', { threads: 1 }),
        armOf('stress-cores', { timesCores: 1 }),
        armOf('stress-2x', { timesCores: 2 }),
      ],
      loads: [],
      hypotheses: ['stress-1', 'stress-cores', 'stress-2x'].map((arm) => ({
        arm,
        against: 'idle',
        metric: 'canary-wait-p95',
        margin: null,
      })),
      limits: defaultLimits,
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
      arms: ['idle-a', 'idle-b'].map((name) => armOf(name, null)),
      hypotheses: [{ arm: 'idle-b', against: 'idle-a', metric: 'canary-wait-p95', margin: null }],
    });
  });
});
