import { expect, test } from 'vitest';
import { defaultLimits } from '../../../harness/profile/default-limits.ts';
import { armOf, loadOf } from '../../rig/recorded.ts';
import { loaded, profileText } from './profile-text.ts';

test('what is left out takes its default', () => {
  expect(loaded(profileText({ seed: null }))).toEqual({
    description: null,
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
    arms: [armOf('idle', null), armOf('stress-1', { threads: 1 })],
    loads: [],
    hypotheses: [{ arm: 'stress-1', against: 'idle', metric: 'canary-wait-p95', margin: null }],
    limits: defaultLimits,
  });
});

test('every field can be written', () => {
  const text = `
description: Two loads.
seed: -7
blocks: 3
aa: false
testbed: { kind: sim, cores: 4 cores, work: 0.5ms }
source: auto
trial: { duration: 1m, warmup: 0s }
sampleInterval: 200 ms
canary: { rate: 30/min, work: 1ms }
arms:
  - name: a
    disturbances: { cpu: cores }
  - name: b.2
    disturbances: { cpu: 12x cores }
  - { name: 3-c, disturbances: {}, overrides: { canary: null, source: auto } }
loads:
  - { name: low, rate: 50/s }
  - { name: high, rate: 7200/h }
hypotheses:
  - { arm: a, against: b.2, metric: all-wait-mean, margin: 5 % }
  - { arm: a, against: b.2, metric: canary-wait-total, margin: 0.25 }
limits:
  { stolen: 0.5 %, clockJump: 1s, observationGap: 500ms, notSent: 1 %, lateness: 2.5ms, generatorCpu: 50 % }
`.replace('30/min', '120/min');

  expect(loaded(text)).toEqual({
    description: 'Two loads.',
    seed: -7,
    blocks: 3,
    aa: false,
    testbed: { kind: 'sim', cores: 4, workMicros: 500 },
    source: 'auto',
    application: null,
    timeCompression: 1,
    trialMs: 60_000,
    warmupMs: 0,
    sampleMs: 200,
    canary: { ratePerSecond: 2, workMicros: 1000 },
    bounds: null,
    prices: null,
    arms: [
      armOf('a', { timesCores: 1 }),
      armOf('b.2', { timesCores: 12 }),
      { ...armOf('3-c', null), overrides: { canary: null, source: 'auto' } },
    ],
    loads: [loadOf('low', 50), loadOf('high', 2)],
    hypotheses: [
      { arm: 'a', against: 'b.2', metric: 'all-wait-mean', margin: { kind: 'share', share: 0.05 } },
      { arm: 'a', against: 'b.2', metric: 'canary-wait-total', margin: { kind: 'value', value: 0.25 } },
    ],
    limits: {
      stolenShare: 0.005,
      clockJumpMs: 1000,
      observationGapMs: 500,
      notSentShare: 0.01,
      latenessP99Ms: 2.5,
      generatorCpuShare: 0.5,
    },
  });
});

test('an A/A profile runs the same treatment as two arms', () => {
  const text = profileText({
    aa: 'aa: true',
    arms: 'arms: [{ name: a }, { name: b, disturbances: {} }]',
    hypotheses: 'hypotheses: [{ arm: b, against: a, metric: canary-wait-p95 }]',
  });

  expect(loaded(text)).toMatchObject({
    aa: true,
    arms: [{ disturbances: { cpu: null } }, { disturbances: { cpu: null } }],
  });
});

test('a null canary is no canary', () => {
  const text = profileText({
    canary: 'canary: null',
    hypotheses: 'hypotheses: [{ arm: stress-1, against: idle, metric: all-wait-p95 }]',
  });

  expect(loaded(text).canary).toBeNull();
});

test('the unit decides, not the digits: durations that mean the same are the same', () => {
  const durations = ['0.1h', '6m', '6 min', '360s', '360000ms', '360000000us'];

  expect(durations.map((text) => loaded(profileText(), [`trial.duration=${text}`]).trialMs)).toEqual(
    durations.map(() => 360_000),
  );
});

test('multiplying by the unit leaves no dust', () => {
  const text = profileText({ canary: 'canary: { rate: 200/s, work: 1001us }', limits: 'limits: { stolen: 57 % }' });

  expect(loaded(text)).toMatchObject({ canary: { workMicros: 1001 }, limits: { stolenShare: 0.57 } });
});

test('anchors, a byte order mark and Windows line ends are no mistakes', () => {
  const text = `\uFEFF${profileText({
    trial: 'trial: { duration: &length 3s, warmup: 1s }',
    limits: 'limits: { observationGap: *length }',
  }).replaceAll('\n', '\r\n')}`;

  expect(loaded(text)).toMatchObject({ trialMs: 3000, limits: { observationGapMs: 3000 } });
});
