import { describe, expect, test } from 'vitest';
import { mistakes, profileText, refusal } from './profile-text.ts';

test('every mistake is shown, in the order of the file, with its line and a caret', () => {
  const text = `\
seeed: 5
testbed: { kind: sim, cores: 2, wrok: 10ms }
trial: { duration: 5, warmup: 1s }
arms:
  - name: idle
  - name: ../x
    disturbances:
\t
hypotheses:
  - { arm: stress-1, against: idel, metric: canry-wait-p95 }
`.replace('\t\n', '      cpu: 0\n');

  expect(refusal(text)).toBe(`\
exp.yaml:1:1: seeed: unknown key "seeed", did you mean "seed"?
    seeed: 5
    ^
exp.yaml:2:30: testbed.cores: found the number 2, expected a number of cores such as 2 cores; a bare number has no unit
    testbed: { kind: sim, cores: 2, wrok: 10ms }
                                 ^
exp.yaml:2:33: testbed.wrok: unknown key "wrok", did you mean "work"?
    testbed: { kind: sim, cores: 2, wrok: 10ms }
                                    ^
exp.yaml:3:20: trial.duration: found the number 5, expected a duration such as 500ms, 30s, 5m; a bare number has no unit
    trial: { duration: 5, warmup: 1s }
                       ^
exp.yaml:6:11: arms[1].name: found "../x", expected a name of lower-case letters, digits, dots and dashes that starts with a letter or digit, at most 40 characters
      - name: ../x
              ^
exp.yaml:8:12: arms[1].disturbances.cpu: found the number 0, expected a number of threads from 1 to 1024, or cores, or a multiple such as 2x cores (up to 64x)
          cpu: 0
               ^
exp.yaml:10:12: hypotheses[0].arm: unknown arm "stress-1", expected idle
      - { arm: stress-1, against: idel, metric: canry-wait-p95 }
               ^
exp.yaml:10:31: hypotheses[0].against: unknown arm "idel", did you mean "idle"?
      - { arm: stress-1, against: idel, metric: canry-wait-p95 }
                                  ^
exp.yaml:10:45: hypotheses[0].metric: unknown metric "canry-wait-p95", did you mean "canary-wait-p95"?
      - { arm: stress-1, against: idel, metric: canry-wait-p95 }
                                                ^`);
});

const nameRule =
  'expected a name of lower-case letters, digits, dots and dashes that starts with a letter or digit, at most 40 characters';
const duration = 'expected a duration such as 500ms, 30s, 5m';

describe('one field is wrong', () => {
  test.each([
    [
      'seed: 1.5',
      '1:7: seed: found the number 1.5, expected a whole number from -9007199254740991 to 9007199254740991',
    ],
    [
      'seed: 9007199254740993',
      '1:7: seed: found the number 9007199254740992, expected a whole number from -9007199254740991 to 9007199254740991',
    ],
    ['seed: one', '1:7: seed: found "one", expected a whole number from -9007199254740991 to 9007199254740991'],
    ['blocks: 0', '5:9: blocks: found the number 0, expected a whole number from 1 to 1000'],
    ['blocks: 1001', '5:9: blocks: found the number 1001, expected a whole number from 1 to 1000'],
    ['blocks: .inf', '5:9: blocks: found the number Infinity, expected a whole number from 1 to 1000'],
    ['blocks: [8]', '5:9: blocks: found a list, expected a whole number from 1 to 1000'],
    ['blocks:', '5:8: blocks: found nothing, expected a whole number from 1 to 1000'],
    ['aa: yes', '5:5: aa: found "yes", expected true or false'],
    ['description: 5', '5:14: description: found the number 5, expected a text'],
    ['source: bfp', '5:9: source: unknown source "bfp", did you mean "bpf"?'],
    ['source: magic', '5:9: source: unknown source "magic", expected one of auto, bpf, schedstat, none'],
    ['source: 1', '5:9: source: found the number 1, expected one of auto, bpf, schedstat, none'],
    ['trial: 5s', '5:8: trial: found "5s", expected a mapping with the keys duration, warmup'],
    ['trial: { duration: 5 parsecs }', `5:20: trial.duration: found "5 parsecs", ${duration}`],
    ['trial: { duration: "5" }', `5:20: trial.duration: found "5", ${duration}; a bare number has no unit`],
    ['trial: { duration: -5s }', `5:20: trial.duration: found "-5s", ${duration}`],
    ['trial: { duration: 1e3s }', `5:20: trial.duration: found "1e3s", ${duration}`],
    ['trial: { duration: true }', `5:20: trial.duration: found true, ${duration}`],
    ['trial: { duration: {} }', `5:20: trial.duration: found a mapping, ${duration}`],
    ['trial: { duration: 25h }', '5:20: trial.duration: found "25h", expected 200ms to 24h'],
    ['trial: { duration: 4000.5ms }', '5:20: trial.duration: found "4000.5ms", expected whole milliseconds'],
    ['sampleInterval: 99ms', '5:17: sampleInterval: found "99ms", expected 100ms to 10s'],
    ['sampleInterval: 11s', '5:17: sampleInterval: found "11s", expected 100ms to 10s'],
    [
      'canary: { rate: 200 }',
      '5:17: canary.rate: found the number 200, expected a rate such as 200/s, 30/min; a bare number has no unit',
    ],
    ['canary: { rate: 0/s }', '5:17: canary.rate: found "0/s", expected 1/s to 10000/s'],
    ['canary: { rate: 0.5/s }', '5:17: canary.rate: found "0.5/s", expected 1/s to 10000/s'],
    ['canary: { rate: 1.5/s }', '5:17: canary.rate: found "1.5/s", expected whole wake-ups per second'],
    ['canary: { rate: 100/min }', '5:17: canary.rate: found "100/min", expected whole wake-ups per second'],
    ['canary: { work: 1.5us }', '5:17: canary.work: found "1.5us", expected whole microseconds'],
    ['canary: none', '5:9: canary: found "none", expected a mapping with the keys rate, work'],
    [
      'limits: { stolen: 0.02 }',
      '5:19: limits.stolen: found the number 0.02, expected a share such as 2 %; a bare number has no unit',
    ],
    ['limits: { stolen: 101 % }', '5:19: limits.stolen: found "101 %", expected 0 % to 100 %'],
    ['limits: { clockJmup: 1s }', '5:11: limits.clockJmup: unknown key "clockJmup", did you mean "clockJump"?'],
    [
      '__proto__: 1',
      '5:1: __proto__: unknown key "__proto__", expected one of description, seed, blocks, aa, testbed, application, objective, driver, faults, timeCompression, source, trial, sampleInterval, canary, bounds, prices, ... (20 in all)',
    ],
    ['1: 2', '1:1: found a key that is not text, expected a word'],
    ['? [a]\n: 2', '1:1: found a key that is not text, expected a word'],
    ['seed: 1\nseed: 2', '2:1: seed: duplicate key "seed", first on line 1'],
    [
      'testbed: local',
      '2:10: testbed: found "local", expected a mapping such as { kind: local } or { kind: sim, cores: 2 cores }',
    ],
    ['testbed: { kind: lokal }', '2:18: testbed.kind: unknown testbed "lokal", did you mean "local"?'],
    ['testbed: { kind: kubernetes }', '2:18: testbed.kind: unknown testbed "kubernetes", expected one of local, sim'],
    ['testbed: {}', '2:10: testbed.kind: missing, expected local or sim'],
    ['testbed: { kind: sim }', '2:10: testbed.cores: missing, expected a number of cores such as 2 cores'],
    ['testbed: { kind: sim, cores: 1.5 cores }', '2:30: testbed.cores: found "1.5 cores", expected whole cores'],
    [
      'testbed: { kind: local, cores: 2 cores }',
      '2:25: testbed.cores: unknown key "cores", expected one of kind, applicationCpus, harnessCpus, port',
    ],
    ['arms: idle', '3:7: arms: found "idle", expected a list of arms'],
    ['hypotheses: []', '4:13: hypotheses: found none, expected at least one hypothesis, named before the run'],
    [
      'hypotheses: [idle]',
      '4:14: hypotheses[0]: found "idle", expected a mapping with the keys arm, against, metric, margin',
    ],
    [
      'hypotheses: [{ arm: stress-1, metric: canary-wait-p95 }]',
      '4:14: hypotheses[0].against: missing, expected the name of an arm',
    ],
  ])('%s', (line, expected) => {
    const field = line.split(':')[0] ?? '';

    expect(mistakes(profileText({ [field]: line }))).toEqual([expected]);
  });

  test.each(['testbed', 'arms', 'hypotheses'])('%s is missing', (field) => {
    const [mistake] = mistakes(profileText({ [field]: null }));

    expect(mistake).toMatch(new RegExp(`^1:1: ${field}: missing, expected `));
  });

  test.each([
    '"Idle"',
    '"a b"',
    '"../x"',
    '"a/b"',
    '".."',
    '"-a"',
    '""',
    '"na\u00efve"',
    '"a\'b"',
    '"a\\nb"',
    '"a\\u0000"',
    `"${'a'.repeat(41)}"`,
  ])('an arm is called %s', (name) => {
    const text = profileText({
      arms: `arms: [{ name: idle }, { name: stress-1, disturbances: { cpu: 1 } }, { name: ${name}, disturbances: { cpu: 2 } }]`,
    });
    const found = JSON.parse(name) as string;
    const shown = JSON.stringify(found.length > 40 ? `${found.slice(0, 37)}...` : found);

    expect(mistakes(text)).toEqual([`3:78: arms[2].name: found ${shown}, ${nameRule}`]);
  });

  test.each(['0', '1025', '1.5', '1x', 'core', '0x cores', '65x cores', '2 cores', '"1"', '[1]', 'null'])(
    'cpu: %s',
    (cpu) => {
      const text = profileText({ arms: `arms: [{ name: idle }, { name: stress-1, disturbances: { cpu: ${cpu} } }]` });

      expect(mistakes(text)).toHaveLength(1);
      expect(mistakes(text)[0]).toMatch(
        /^3:\d+: arms\[1\]\.disturbances\.cpu: found .*, expected a number of threads from 1 to 1024, or cores, or a multiple such as 2x cores \(up to 64x\)$/,
      );
    },
  );
});

describe('fields do not fit each other', () => {
  test.each<[string, Readonly<Record<string, string>>, readonly string[]]>([
    [
      'the warm-up takes the whole trial',
      { trial: 'trial: { duration: 2s, warmup: 2s }' },
      [
        '5:32: trial.warmup: nothing of the trial is left after a warm-up of 2000ms, expected less than the duration of 2000ms',
      ],
    ],
    [
      'too little is left after the warm-up',
      { trial: 'trial: { duration: 2s, warmup: 1s }' },
      ['5:20: trial.duration: 1000ms are left after the warm-up, expected at least two samples of 1000ms'],
    ],
    [
      'samples straddle the end of the warm-up',
      { trial: 'trial: { duration: 5s, warmup: 500ms }' },
      ['5:32: trial.warmup: 500ms is no whole number of samples of 1000ms, expected a multiple of sampleInterval'],
    ],
    [
      'the canary needs a core',
      { canary: 'canary: { rate: 1000/s, work: 1ms }' },
      ['5:9: canary: rate times work is 1 cores, expected less than one core'],
    ],
    [
      'the simulator has no tracer',
      { testbed: 'testbed: { kind: sim, cores: 1 core }', source: 'source: bpf' },
      ['5:9: source: the simulator has no bpf, expected auto'],
    ],
    [
      'nobody takes the load',
      { loads: 'loads: [{ name: low, rate: 5/s }]' },
      ['5:8: loads: without an application nothing takes a load, expected no loads, or an application'],
    ],
    [
      'one arm is not a comparison',
      {
        arms: 'arms: [{ name: idle }]',
        hypotheses: 'hypotheses: [{ arm: idle, against: idle, metric: canary-wait-p95 }]',
      },
      [
        '3:7: arms: found 1, expected at least two arms to compare',
        '4:36: hypotheses[0].against: the arm is compared with itself, expected another arm',
      ],
    ],
    [
      'two arms have one name',
      {
        arms: 'arms: [{ name: idle }, { name: stress-1, disturbances: { cpu: 1 } }, { name: idle, disturbances: { cpu: 2 } }]',
      },
      ['3:78: arms[2].name: a second arm called "idle", expected a name of its own'],
    ],
    [
      'two loads have one name',
      {
        testbed: 'testbed: { kind: sim, cores: 1 core }',
        loads: 'loads: [{ name: low, rate: 5/s }, { name: low, rate: 6/s }]',
      },
      ['5:43: loads[1].name: a second load called "low", expected a name of its own'],
    ],
    [
      'two arms do the same',
      {
        arms: 'arms: [{ name: idle }, { name: stress-1, disturbances: { cpu: cores } }, { name: c, disturbances: { cpu: 1x cores } }]',
      },
      ['3:74: arms[2]: does the same as arm "stress-1", expected arms that differ (or aa: true for an A/A profile)'],
    ],
    [
      'the arms of an A/A profile differ',
      { aa: 'aa: true' },
      ['3:24: arms[1]: differs from the first arm, expected the same treatment twice with aa: true'],
    ],
    [
      'an A/A profile has three arms',
      { aa: 'aa: true', arms: 'arms: [{ name: idle }, { name: stress-1 }, { name: c }]' },
      ['3:7: arms: 3 arms with aa: true, expected two that do the same'],
    ],
    [
      'a hypothesis names an arm that is not there',
      { hypotheses: 'hypotheses: [{ arm: stres-1, against: nobody, metric: canary-wait-p95 }]' },
      [
        '4:21: hypotheses[0].arm: unknown arm "stres-1", did you mean "stress-1"?',
        '4:39: hypotheses[0].against: unknown arm "nobody", expected one of idle, stress-1',
      ],
    ],
    [
      'an arm is compared with itself',
      { hypotheses: 'hypotheses: [{ arm: idle, against: idle, metric: canary-wait-p95 }]' },
      ['4:36: hypotheses[0].against: the arm is compared with itself, expected stress-1'],
    ],
    [
      'a question is asked twice, once the other way round',
      {
        hypotheses:
          'hypotheses:\n  - { arm: stress-1, against: idle, metric: canary-wait-p95 }\n  - { arm: idle, against: stress-1, metric: canary-wait-p95 }',
      },
      ['6:5: hypotheses[1]: the same question as hypotheses[0], expected each once: every one costs blocks'],
    ],
    [
      'the canary is asked for but there is none',
      { canary: 'canary: null' },
      [
        '4:54: hypotheses[0].metric: canary-wait-p95 with canary: null, expected a canary or a metric of all tasks such as all-wait-p95',
      ],
    ],
    [
      'a quantile is asked of a source that has no histogram',
      { source: 'source: schedstat' },
      [
        '4:54: hypotheses[0].metric: canary-wait-p95 with source: schedstat, which has no histogram, expected a mean or total such as canary-wait-mean',
      ],
    ],
  ])('%s', (_, fields, expected) => {
    expect(mistakes(profileText(fields))).toEqual(expected);
  });

  test('an arm that may be meant, though its name or its key is wrong, is not called unknown or a copy', () => {
    const text = profileText({ arms: 'arms: [{ name: idle }, { name: Stress-1, disturbences: { cpu: 1 } }]' });

    expect(mistakes(text)).toEqual([
      '3:32: arms[1].name: found "Stress-1", expected a name of lower-case letters, digits, dots and dashes that starts with a letter or digit, at most 40 characters',
      '3:42: arms[1].disturbences: unknown key "disturbences", did you mean "disturbances"?',
    ]);
  });

  test('a mistake in one field hides none of those between others', () => {
    const text = profileText({
      seed: 'seed: x',
      arms: 'arms: [{ name: idle, foo: 1 }, { name: stress-1, disturbances: { cpu: 1 } }]',
      hypotheses:
        'hypotheses: [{ arm: stress-1, against: idle, metric: canary-wait-p95 }, { arm: stress-2, against: idle, metric: x }]',
      canary: 'canary: null',
    });

    expect(mistakes(text)).toEqual([
      '1:7: seed: found "x", expected a whole number from -9007199254740991 to 9007199254740991',
      '3:22: arms[0].foo: unknown key "foo", expected one of name, disturbances, allocation, assumedDemand, policy, overrides, matrix',
      '4:54: hypotheses[0].metric: canary-wait-p95 with canary: null, expected a canary or a metric of all tasks such as all-wait-p95',
      '4:80: hypotheses[1].arm: unknown arm "stress-2", did you mean "stress-1"?',
      '4:113: hypotheses[1].metric: unknown metric "x", expected one of canary-wait-p50, canary-wait-p95, canary-wait-p99, canary-wait-mean, canary-wait-total, all-wait-p50, all-wait-p95, all-wait-p99, all-wait-mean, all-wait-total, application-wait-p50, application-wait-p95, application-wait-p99, application-wait-mean, application-wait-total, latency-p50, ... (35 in all)',
    ]);
  });
});
