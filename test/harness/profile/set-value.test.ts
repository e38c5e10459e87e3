import { describe, expect, test } from 'vitest';
import { loaded, mistakes, profileText, refusal } from './profile-text.ts';

const text = profileText();

test('a value is put in wherever the path leads, and mappings on the way are made', () => {
  const profile = loaded(text, [
    'trial.duration=2s',
    'sampleInterval=100ms',
    'arms[1].disturbances.cpu=2x cores',
    'hypotheses[0].metric=all-wait-mean',
    'limits.stolen=5 %',
    'testbed={ kind: sim, cores: 2 cores }',
    'loads=[{ name: low, rate: 50/s }]',
    'canary=null',
    'description="a=b"',
  ]);

  expect(profile).toMatchObject({
    description: 'a=b',
    testbed: { kind: 'sim', cores: 2, workMicros: 10_000 },
    trialMs: 2000,
    sampleMs: 100,
    canary: null,
    arms: [{ name: 'idle' }, { name: 'stress-1', disturbances: { cpu: { timesCores: 2 } } }],
    loads: [{ name: 'low', rate: { kind: 'constant', perSecond: 50 } }],
    hypotheses: [{ metric: 'all-wait-mean' }],
    limits: { stolenShare: 0.05 },
  });
});

test('of two for one field the later holds, and what it replaces is not looked at', () => {
  expect(loaded(profileText({ seed: 'seed: nonsense' }), ['seed=more nonsense', 'seed=5']).seed).toBe(5);
});

test('a field without a value can become a mapping', () => {
  expect(loaded(profileText({ canary: 'canary:' }), ['canary.rate=100/s']).canary).toEqual({
    ratePerSecond: 100,
    workMicros: 100,
  });
});

test('mistakes in it are shown like those of the file, after them, with columns of the argument', () => {
  expect(
    refusal(profileText({ seed: 'seed: x' }), [
      'trial.duraton=2s',
      'trial.duration=2',
      'hypotheses[0].metric=all-wait-maen',
    ]),
  ).toBe(`\
exp.yaml:1:7: seed: found "x", expected a whole number from -9007199254740991 to 9007199254740991
    seed: x
          ^
--set:1:7: trial.duraton: unknown key "duraton", did you mean "duration"?
    trial.duraton=2s
          ^
--set:1:16: trial.duration: found the number 2, expected a duration such as 500ms, 30s, 5m; a bare number has no unit
    trial.duration=2
                   ^
--set:1:22: hypotheses[0].metric: unknown metric "all-wait-maen", did you mean "all-wait-mean"?
    hypotheses[0].metric=all-wait-maen
                         ^`);
});

test('a mistake between a field of the file and one that was set is shown where it is set', () => {
  expect(refusal(text, ['trial.warmup=9s'])).toBe(`\
--set:1:14: trial.warmup: nothing of the trial is left after a warm-up of 9000ms, expected less than the duration of 5000ms
    trial.warmup=9s
                 ^`);
});

describe('the argument itself is wrong', () => {
  const form = 'expected path=value such as trial.duration=2s or arms[1].disturbances.cpu=2';
  test.each([
    ['seed', `1:1: no value, ${form}`],
    ['', `1:1: no value, ${form}`],
    ['=3', `1:1: no path, ${form}`],
    ['[0]=3', `1:1: not a path to a field, ${form}`],
    ['trial..duration=3s', `1:6: not a path to a field, ${form}`],
    ['arms[x].name=a', `1:5: not a path to a field, ${form}`],
    ['a b=3', `1:2: not a path to a field, ${form}`],
    ['blocks=[1', '1:10: blocks: not valid YAML: Flow sequence must end with a ]'],
    ['blocks=*x', '1:8: blocks: the alias *x has no anchor before it'],
    ['seed=', '1:6: seed: found nothing, expected a whole number from -9007199254740991 to 9007199254740991'],
    ['arms[2].name=x', '1:5: arms: no entry [2], expected 0 to 1'],
    ['loads[0].rate=5/s', '1:6: loads: found nothing, expected a list that has an entry [0]'],
    ['seed.a=1', '1:6: seed: found the number 1, expected a mapping that has a key "a"'],
    ['arms.idle=1', '1:6: arms: found a list, expected a mapping that has a key "idle", or an index such as arms[0]'],
    ['trail.duration=2s', '1:1: trail: unknown key "trail", did you mean "trial"?'],
    [
      '__proto__.polluted=1',
      '1:1: __proto__: unknown key "__proto__", expected one of description, seed, blocks, aa, testbed, application, objective, driver, faults, timeCompression, source, trial, sampleInterval, canary, bounds, prices, ... (20 in all)',
    ],
  ])('%s', (argument, expected) => {
    expect(mistakes(text, [argument])).toEqual([expected]);
  });
});

test('beside a file that is not YAML it is still read', () => {
  expect(mistakes('a: [', ['seed'])).toEqual([
    '1:5: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    '1:1: no value, expected path=value such as trial.duration=2s or arms[1].disturbances.cpu=2',
  ]);
});
