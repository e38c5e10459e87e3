import { describe, expect, test } from 'vitest';
import { loadProfile } from '../../../harness/profile/load-profile.ts';
import { readProjectFile, shippedProfiles } from '../../guard/project-files.ts';
import { overheadPerTrialMs } from '../../../harness/cli/trial-overhead.ts';
import { budget } from '../../../harness/plan/budget.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import { scriptedChanges } from '../../../harness/plan/scripted-changes.ts';
import type { Profile } from '../../../harness/profile/profile.ts';
import { blocksNeeded } from '../../../harness/statistics/blocks-needed.ts';
import { defaultLimits } from '../../../harness/profile/default-limits.ts';
import { armOf } from '../../rig/recorded.ts';
import { loaded, readerOf } from './profile-text.ts';
import { shippedPolicies } from './shipped-policies.ts';

test.each(shippedProfiles())('%s is valid and names its schema for editors', (file) => {
  const text = readProjectFile(file);

  expect(loadProfile({ text, fileName: file, read: readerOf(), policies: shippedPolicies })).toMatchObject({
    ok: true,
  });
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

const shipped = (name: string): Profile =>
  loaded(readProjectFile(`profiles/${name}.yaml`), [], readerOf(), shippedPolicies);
/** What it takes where no trial has to be repeated, in minutes. */
function minutesOf(name: string): number {
  const plan = makePlan(shipped(name), name);
  const overheadMs = overheadPerTrialMs(plan);
  return budget(plan, { overheadPerTrialMs: overheadMs, noise: null, capacityCores: null }).wallMs / 60_000;
}

describe('quick.yaml', () => {
  const profile = shipped('quick');

  test('asks one question of hpa and showar, with no block to spare, in less than three minutes', () => {
    expect(profile.arms.map(({ policy }) => policy?.name)).toEqual(['hpa', 'showar']);
    expect(profile.hypotheses).toEqual([{ arm: 'showar', against: 'hpa', metric: 'core-seconds', margin: null }]);
    expect(profile.blocks).toBe(blocksNeeded(1));
    expect(minutesOf('quick')).toBeLessThan(3);
  });

  test('gives the HPA 2 samples a step and SHOWAR 8, and a trial twice their longest window', () => {
    const { sampleMs } = makePlan(profile, 'quick');
    const demands = profile.arms.map(({ policy }) => policy?.demands);
    const compressed = (seconds = 0): number => (1000 * seconds) / profile.timeCompression;

    expect(profile).toMatchObject({ timeCompression: 75, trialMs: 9000, warmupMs: 1000 });
    expect(demands.map((one) => compressed(one?.intervalSeconds) / sampleMs)).toEqual([2, 8]);
    expect(demands.map((one) => compressed(one?.longestWindowSeconds))).toEqual([4000, 4000]);
  });

  test('has a step and a spike, all of it within the measured part of the trial', () => {
    const changes = profile.loads.flatMap(({ rate }) => scriptedChanges(rate, profile.timeCompression));

    expect(changes).toEqual([
      { atMs: 3000, fromPerSecond: 60, toPerSecond: 180 },
      { atMs: 6000, fromPerSecond: 180, toPerSecond: 270 },
      { atMs: 6480, fromPerSecond: 270, toPerSecond: 60 },
    ]);
  });

  test('differs in the policy alone', () => {
    const [hpa, showar] = profile.arms;

    expect(showar).toEqual({ ...hpa, name: 'showar', policy: showar?.policy });
  });
});

describe('showar-vs-hpa.yaml', () => {
  const profile = shipped('showar-vs-hpa');

  test('compares a fixed allocation, two signals of the HPA, and showar, in less than 20 minutes', () => {
    expect(profile.arms.map(({ name, policy }) => [name, policy?.name])).toEqual([
      ['static', 'static'],
      ['hpa-cpu', 'hpa'],
      ['hpa-runqueue', 'hpa'],
      ['showar', 'showar'],
    ]);
    expect(profile.blocks).toBe(blocksNeeded(profile.hypotheses.length));
    expect(minutesOf('showar-vs-hpa')).toBeLessThan(20);
  });

  test('its A/A profile runs one of its arms twice under its conditions, in less than 10 minutes', () => {
    const sibling = shipped('aa');
    const { arms, hypotheses, ...conditions } = profile;
    const showar = arms.find(({ name }) => name === 'showar');

    expect(sibling).toMatchObject({
      ...conditions,
      description: sibling.description,
      aa: true,
      arms: ['showar-a', 'showar-b'].map((name) => ({ ...showar, name })),
    });
    expect(hypotheses.map(({ metric }) => metric)).toEqual(
      expect.arrayContaining(sibling.hypotheses.map(({ metric }) => metric)),
    );
    expect(minutesOf('aa')).toBeLessThan(10);
  });
});

test('tracer-overhead.yaml has two arms that differ in the tracer alone', () => {
  const { arms, source } = shipped('tracer-overhead');
  const [traced, untraced] = arms;

  expect({ source, overrides: traced?.overrides }).toEqual({ source: 'bpf', overrides: {} });
  expect(untraced).toEqual({ ...traced, name: 'untraced', overrides: { source: 'none' } });
});
