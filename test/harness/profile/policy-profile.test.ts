import { describe, expect, test } from 'vitest';
import { applicationProfileText, loaded, mistakes, profileText } from './profile-text.ts';

/** Two arms: one with this policy, one without. */
const withPolicy = (policy: string, fields: Readonly<Record<string, string>> = {}): string =>
  applicationProfileText({
    arms: `arms: [{ name: tight, policy: ${policy}, allocation: { default: { cpu: 0.1 cores } } }, { name: ample }]`,
    ...fields,
  });

describe('the policy of an arm', () => {
  test('is known by its name, and has its options as they take effect beside those that were written', () => {
    const { arms } = loaded(withPolicy('{ name: follow, target: 30 %, scales: cpu }'));

    expect(arms.map(({ policy }) => policy)).toEqual([
      {
        name: 'follow',
        written: { target: '30 %', scales: 'cpu' },
        options: { target: 0.3, interval: 1000, window: 2000, scales: 'cpu' },
        demands: {
          intervalSeconds: 1,
          longestWindowSeconds: 2,
          needs: ['cpu-usage', 'cpu-request'],
          acts: ['cpu'],
        },
      },
      null,
    ]);
  });

  test('is named alone where its defaults will do, and carries what was published of it', () => {
    const { arms } = loaded(withPolicy('hold'));
    expect(arms[0]?.policy).toMatchObject({ name: 'hold', written: {}, options: { most: 1 } });
    expect(arms[0]?.policy).not.toHaveProperty('published');

    expect(loaded(withPolicy('{ name: placer, note: 1 }')).arms[0]?.policy?.published).toMatchObject([
      { claim: 'places well' },
    ]);
  });

  test.each([
    ['folow', '7:31: arms[0].policy: unknown policy "folow", did you mean "follow"?'],
    ['kubernetes', '7:31: arms[0].policy: unknown policy "kubernetes", expected one of follow, hold, placer'],
    ['{ name: folow }', '7:39: arms[0].policy.name: unknown policy "folow", did you mean "follow"?'],
    [
      '5',
      '7:31: arms[0].policy: found the number 5, expected the name of a policy such as hpa, or a mapping such as { name: hpa }',
    ],
    [
      '{ target: 5 % }',
      '7:31: arms[0].policy: found a mapping, expected the name of a policy such as hpa, or a mapping such as { name: hpa }',
    ],
    ['{ name: follow, targt: 5 % }', '7:47: arms[0].policy.targt: unknown key "targt", did you mean "target"?'],
    [
      '{ name: follow, target: 30 }',
      '7:55: arms[0].policy.target: found the number 30, expected a share such as 2 %; a bare number has no unit',
    ],
  ])('policy: %s', (policy, expected) => {
    expect(mistakes(withPolicy(policy))).toEqual([expected]);
  });

  test('is nothing without an application, like bounds and prices', () => {
    const text = profileText({
      arms: 'arms: [{ name: idle, policy: hold }, { name: stress-1, overrides: { driver: {}, faults: [] } }]',
      bounds: 'bounds: {}',
      prices: 'prices: { coreHour: 1, gigabyteHour: 1 }',
    });
    const nothing = 'means nothing without an application, expected one such as application: social-network';

    expect(mistakes(text)).toEqual([
      `3:22: arms[0].policy: ${nothing}`,
      `3:69: arms[1].overrides.driver: ${nothing}`,
      `3:81: arms[1].overrides.faults: ${nothing}`,
      `5:1: bounds: ${nothing}`,
      `6:1: prices: ${nothing}`,
    ]);
  });

  test('has a share of a request to go by', () => {
    const arms = 'arms: [{ name: tight, policy: follow }, { name: ample }]';

    expect(mistakes(withPolicy('follow', { arms }))).toEqual([
      '7:31: arms[0].policy: follow needs the CPU request of a service, and none has one; expected cpu or cpuRequest in the allocation',
    ]);
    expect(mistakes(withPolicy('follow'))).toEqual([]);
  });
});

describe('a policy takes the time that it takes', () => {
  const times = (policy: string, trial: string, more: readonly string[] = []): string[] =>
    mistakes(withPolicy(policy, { trial: `trial: ${trial}` }), more);

  test('a trial shorter than twice its longest window is refused, with the length that would do', () => {
    const window = '{ name: follow, window: 6500ms }';

    expect(times(window, '{ duration: 12s, warmup: 1s }')).toEqual([
      '6:20: trial.duration: 12s is too short for the policy of arm "tight", whose longest window is 6500ms; expected at least 13s: two of them',
    ]);
    expect(times(window, '{ duration: 13s, warmup: 1s }')).toEqual([]);
    // Whole samples.
    expect(times('{ name: follow, window: 6501ms }', '{ duration: 13s, warmup: 1s }')).toEqual([
      '6:20: trial.duration: 13s is too short for the policy of arm "tight", whose longest window is 6501ms; expected at least 14s: two of them',
    ]);
  });

  test('its window is as long as time compression leaves it', () => {
    const slow = '{ name: follow, window: 300s, interval: 15s }';

    expect(times(slow, '{ duration: 7s, warmup: 1s }', ['timeCompression=75'])).toEqual([
      '6:20: trial.duration: 7s is too short for the policy of arm "tight", whose longest window is 300s, 4s at time compression 75; expected at least 8s: two of them',
    ]);
    expect(times(slow, '{ duration: 8s, warmup: 1s }', ['timeCompression=75'])).toEqual([]);
    // 300/7 s have no end, and twice as much is told in whole samples.
    expect(times(slow, '{ duration: 7s, warmup: 1s }', ['timeCompression=7'])).toEqual([
      '6:20: trial.duration: 7s is too short for the policy of arm "tight", whose longest window is 300s, 42857ms at time compression 7; expected at least 86s: two of them',
    ]);
  });

  test('the longest window of all arms decides', () => {
    const text = applicationProfileText({
      arms: `arms:
  - { name: tight, policy: hold }
  - { name: ample, policy: { name: follow, window: 3s }, allocation: { default: { cpu: 1 core } } }
  - { name: third, policy: { name: follow, window: 10s }, allocation: { default: { cpu: 1 core } } }`,
    });

    expect(mistakes(text)).toEqual([
      '6:20: trial.duration: 5s is too short for the policy of arm "third", whose longest window is 10s; expected at least 20s: two of them',
    ]);
  });

  test('it cannot step sooner than a sample is taken', () => {
    const hasty = '{ name: follow, interval: 500ms }';
    const trial = '{ duration: 5s, warmup: 1s }';

    expect(times(hasty, trial)).toEqual([
      '1:1: sampleInterval: 1s between samples, and the policy of arm "tight" steps every 500ms; expected at most 500ms',
    ]);
    expect(times(hasty, trial, ['sampleInterval=500ms'])).toEqual([]);
  });

  test('compressed, it keeps up with samples that have become no shorter than 100 ms', () => {
    const policy = '{ name: follow, interval: 15s }';
    const trial = '{ duration: 5s, warmup: 1s }';

    expect(times(policy, trial, ['timeCompression=150'])).toEqual([]);
    expect(times(policy, trial, ['timeCompression=151'])).toEqual([
      '1:17: timeCompression: the policy of arm "tight" steps every 99.34ms at time compression 151, sooner than a sample of 100ms; expected at most 150',
    ]);
  });
});

describe('bounds', () => {
  const withBounds = (bounds: string, policy = 'hold', allocation = '{}'): string[] =>
    mistakes(
      withPolicy(policy, {
        arms: `arms: [{ name: tight, policy: ${policy}, allocation: ${allocation} }, { name: ample }]`,
        bounds: `bounds: ${bounds}`,
      }),
    );

  test('of a service take the place of those of all, field by field and end by end', () => {
    const bounds =
      '{ default: { replicas: { most: 3 }, cpu: { least: 0.1 cores } }, services: { echo: { replicas: { least: 0 } } } }';

    expect(loaded(withPolicy('{ name: placer, note: 1 }', { bounds: `bounds: ${bounds}` })).bounds).toEqual({
      gate: {
        replicas: { least: 1, most: 3 },
        cpuCores: { least: 0.1, most: 1024 },
        memoryBytes: { least: 4 * 2 ** 20, most: 2 ** 40 },
      },
      echo: {
        replicas: { least: 0, most: 3 },
        cpuCores: { least: 0.1, most: 1024 },
        memoryBytes: { least: 4 * 2 ** 20, most: 2 ** 40 },
      },
    });
  });

  test.each([
    ['{ services: { gat: {} } }', ['10:23: bounds.services.gat: unknown service "gat", did you mean "gate"?']],
    ['{ default: { cpus: {} } }', ['10:22: bounds.default.cpus: unknown key "cpus", did you mean "cpu"?']],
    [
      '{ default: { replicas: { least: 101 } } }',
      ['10:41: bounds.default.replicas.least: found the number 101, expected a whole number from 0 to 100'],
    ],
    [
      '{ default: { replicas: { least: 5, most: 2 } } }',
      ['10:41: bounds.default.replicas.least: at least 5 and at most 2, expected no more than that'],
    ],
    [
      '{ default: { replicas: { most: 2 } }, services: { echo: { replicas: { least: 3 } } } }',
      ['10:86: bounds.services.echo.replicas.least: at least 3 and at most 2, expected no more than that'],
    ],
    [
      '{ default: { cpu: { least: 0.5 cores, most: 250 millicores }, memory: { least: 1 GiB, most: 1 GB } } }',
      [
        '10:36: bounds.default.cpu.least: at least 0.5 cores and at most 0.25 cores, expected no more than that',
        '10:88: bounds.default.memory.least: at least 1024 MiB and at most 1000000000 B, expected no more than that',
      ],
    ],
    [
      '{ default: { replicas: { least: 0 } } }',
      ['10:41: bounds.default.replicas.least: 0 replicas of a front, expected at least 1: nothing else takes the load'],
    ],
    ['{ default: { replicas: { least: 0 } }, services: { gate: { replicas: { least: 1 } } } }', []],
  ])('%s', (bounds, expected) => {
    expect(withBounds(bounds)).toEqual(expected);
  });

  test('no policy scales a store', () => {
    const text = applicationProfileText({
      application: 'application: social-network',
      bounds: 'bounds: { services: { user-mongodb: {} } }',
    });

    expect(mistakes(text)).toEqual([
      '10:23: bounds.services.user-mongodb: a store, which no policy scales, expected one of nginx-thrift, compose-post-service, text-service, unique-id-service, media-service, user-service, user-mention-service, url-shorten-service, post-storage-service, user-timeline-service, home-timeline-service, social-graph-service',
    ]);
  });

  test.each([
    [
      '{ default: { replicas: { least: 2 } } }',
      '{}',
      ['7:8: arms[0]: gate begins with 1 replica, expected the bounds of its policy: 2 to 10'],
    ],
    [
      '{ default: { replicas: { most: 3 } } }',
      '{ default: { replicas: 3 }, services: { echo: { replicas: 4 } } }',
      [
        '7:107: arms[0].allocation.services.echo.replicas: echo begins with 4 replicas, expected the bounds of its policy: 1 to 3',
      ],
    ],
    [
      '{ default: { cpu: { most: 1 core } } }',
      '{ default: { cpu: 2 cores } }',
      [
        '7:67: arms[0].allocation.default.cpu: gate begins with 2 cores, expected the bounds of its policy: 0.01 cores to 1 core',
      ],
    ],
    [
      '{ default: { cpu: { most: 1 core } } }',
      '{}',
      ['7:8: arms[0]: gate begins without a limit, expected the bounds of its policy: 0.01 cores to 1 core'],
    ],
    ['{ default: { cpu: { least: 0.2 cores } } }', '{}', []],
    [
      '{ default: { memory: { least: 32 MiB } } }',
      '{ default: { memory: 16 MiB } }',
      [
        '7:70: arms[0].allocation.default.memory: gate begins with 16 MiB, expected the bounds of its policy: 32 MiB to 1048576 MiB',
      ],
    ],
  ])('%s where an arm begins with %s', (bounds, allocation, expected) => {
    expect(withBounds(bounds, 'hold', allocation)).toEqual(expected);
  });

  test('are of no concern to an arm whose policy leaves them alone', () => {
    const bounds = '{ default: { cpu: { most: 1 core } } }';
    const allocation = '{ default: { cpu: 2 cores } }';

    expect(withBounds(bounds, 'follow', allocation)).toEqual([]);
    expect(withBounds(bounds, '{ name: follow, scales: cpu }', allocation)).toHaveLength(1);
  });
});

describe('two arms', () => {
  const arms = (...written: readonly string[]): string =>
    applicationProfileText({
      arms: `arms:\n${written.map((arm) => `  - { name: ${arm}, allocation: { default: { cpu: 1 core } } }\n`).join('')}`,
      hypotheses: 'hypotheses: [{ arm: a, against: b, metric: latency-p95 }]',
    });
  const same = '9:5: arms[1]: does the same as arm "a", expected arms that differ (or aa: true for an A/A profile)';

  test.each([
    ['a', 'b'],
    ['a, policy: follow', 'b, policy: follow'],
    ['a, policy: follow', 'b, policy: { name: follow }'],
    ['a, policy: follow', 'b, policy: { name: follow, target: 50 %, window: 2000ms }'],
    ['a, policy: { name: follow, window: 1s, target: 5 % }', 'b, policy: { target: 0.05 %, name: follow, window: 1s }'],
    ['a, overrides: { source: none }', 'b, overrides: { source: none }'],
    ['a, overrides: { source: auto }', 'b'],
    ['a, overrides: { canary: { rate: 200/s } }', 'b, overrides: { driver: {}, faults: [] }'],
  ])('{ name: %s } and { name: %s } do the same', (first, second) => {
    const text = arms(first, second).replace('0.05 %', '5.0 %');

    expect(mistakes(text).map((mistake) => mistake.replace(/^\d+:/, '9:'))).toEqual([same]);
  });

  test.each([
    ['a', 'b, policy: hold'],
    ['a, policy: follow', 'b, policy: { name: follow, target: 51 % }'],
    ['a, policy: follow', 'b, policy: hold'],
    ['a, overrides: { source: none }', 'b'],
    ['a, overrides: { canary: null }', 'b'],
    ['a, overrides: { driver: { inFlight: 10 } }', 'b'],
    ['a, overrides: { faults: [{ kill: gate, at: 1s }] }', 'b'],
  ])('{ name: %s } and { name: %s } differ', (first, second) => {
    expect(mistakes(arms(first, second))).toEqual([]);
  });

  test('of an A/A profile do the same by what they come to, not by how it is written', () => {
    const equal = arms('a, policy: follow', 'b, policy: { name: follow, target: 50 % }, overrides: { source: auto }');
    const other = arms('a, policy: follow', 'b, policy: { name: follow, target: 51 % }');

    expect(mistakes(equal, ['aa=true'])).toEqual([]);
    expect(mistakes(other, ['aa=true'])).toEqual([
      '9:5: arms[1]: differs from the first arm, expected the same treatment twice with aa: true',
    ]);
  });
});

describe('what an arm overrides', () => {
  const withOverrides = (overrides: string, fields: Readonly<Record<string, string>> = {}): string[] =>
    mistakes(
      applicationProfileText({
        arms: `arms: [{ name: tight, overrides: ${overrides} }, { name: ample }]`,
        ...fields,
      }),
    );
  const asking = (metric: string): Readonly<Record<string, string>> => ({
    hypotheses: `hypotheses: [{ arm: ample, against: tight, metric: ${metric} }]`,
  });

  test.each([
    ['{ sorce: none }', '7:36: arms[0].overrides.sorce: unknown key "sorce", did you mean "source"?'],
    [
      '{ blocks: 3 }',
      '7:36: arms[0].overrides.blocks: unknown key "blocks", expected one of source, driver, canary, faults',
    ],
    ['{ source: bfp }', '7:44: arms[0].overrides.source: unknown source "bfp", did you mean "bpf"?'],
    ['{ driver: { name: k7 } }', '7:52: arms[0].overrides.driver.name: unknown driver "k7", did you mean "k6"?'],
    [
      '{ driver: { timeout: 100ms } }',
      '7:55: arms[0].overrides.driver.timeout: 100ms is less than the objective of 200ms, expected at least that',
    ],
    [
      '{ canary: { rate: 1000/s, work: 1ms } }',
      '7:44: arms[0].overrides.canary: rate times work is 1 cores, expected less than one core',
    ],
    [
      '{ faults: [{ kill: gat, at: 1s }] }',
      '7:53: arms[0].overrides.faults[0].kill: unknown service "gat", did you mean "gate"?',
    ],
    [
      '{ faults: [{ kill: gate, at: 5s }] }',
      '7:63: arms[0].overrides.faults[0].at: 5000ms is not in the trial, expected less than its duration of 5000ms',
    ],
  ])('%s', (overrides, expected) => {
    expect(withOverrides(overrides)).toEqual([expected]);
  });

  test.each([
    [
      '{ canary: null }',
      'canary-wait-p95',
      'canary-wait-p95 with canary: null in arm "tight", expected a canary or a metric of all tasks such as all-wait-p95',
    ],
    [
      '{ source: schedstat }',
      'all-wait-p95',
      'all-wait-p95 with source: schedstat in arm "tight", which has no histogram, expected a mean or total such as canary-wait-mean',
    ],
    [
      '{ source: none }',
      'all-wait-mean',
      'all-wait-mean with source: none in arm "tight", which measures no waits, expected another source or a metric such as latency-p95',
    ],
  ])('%s leaves nothing of %s', (overrides, metric, expected) => {
    expect(withOverrides(overrides, asking(metric))).toEqual([`9:52: hypotheses[0].metric: ${expected}`]);
  });

  test('is no matter to hypotheses about other arms, nor to metrics that do without it', () => {
    const three =
      'arms: [{ name: tight, overrides: { source: none } }, { name: ample }, { name: b, assumedDemand: 50 % }]';
    const others = 'hypotheses: [{ arm: ample, against: b, metric: all-wait-p95 }]';

    expect(withOverrides('', { arms: three, hypotheses: others })).toEqual([]);
    expect(withOverrides('{ source: none }', asking('latency-p95'))).toEqual([]);
    expect(withOverrides('{ source: schedstat }', asking('all-wait-mean'))).toEqual([]);
  });

  test('gives back what the profile left out', () => {
    const both =
      'arms: [{ name: tight, overrides: { canary: { rate: 10/s } } }, { name: ample, overrides: { canary: {} } }]';
    const fields = { ...asking('canary-wait-p95'), canary: 'canary: null' };

    expect(withOverrides('', { ...fields, arms: both })).toEqual([]);
    expect(withOverrides('{ canary: {} }', fields)).toEqual([
      '9:52: hypotheses[0].metric: canary-wait-p95 with canary: null, expected a canary or a metric of all tasks such as all-wait-p95',
    ]);
  });

  test('is not there for the simulator', () => {
    const text = profileText({
      testbed: 'testbed: { kind: sim, cores: 2 cores }',
      arms: 'arms: [{ name: idle, overrides: { source: bpf } }, { name: stress-1, overrides: { canary: null } }]',
      hypotheses: 'hypotheses: [{ arm: idle, against: stress-1, metric: all-wait-p95 }]',
    });

    expect(mistakes(text)).toEqual(['3:43: arms[0].overrides.source: the simulator has no bpf, expected auto']);
  });

  test('without a source there are no waits to ask about', () => {
    expect(mistakes(profileText({ source: 'source: none' }))).toEqual([
      '4:54: hypotheses[0].metric: canary-wait-p95 with source: none, which measures no waits, expected another source',
    ]);
  });
});

describe('a hypothesis', () => {
  const asking = (hypothesis: string, fields: Readonly<Record<string, string>> = {}): string[] =>
    mistakes(
      applicationProfileText({ hypotheses: `hypotheses: [{ arm: tight, against: ample, ${hypothesis} }]`, ...fields }),
    );

  test('about cost needs prices', () => {
    expect(asking('metric: cost')).toEqual([
      '9:52: hypotheses[0].metric: cost without prices, expected some such as prices: { coreHour: 0.04, gigabyteHour: 0.005 }',
    ]);
    expect(asking('metric: cost', { prices: 'prices: { coreHour: 0, gigabyteHour: 0.005 }' })).toEqual([]);
  });

  test.each([
    ['{ coreHour: 1 }', '10:9: prices.gigabyteHour: missing, expected a price such as 0.04'],
    ['{ coreHour: -1, gigabyteHour: 1 }', '10:21: prices.coreHour: found the number -1, expected a price such as 0.04'],
    ['{ coreHour: 4 %, gigabyteHour: 1 }', '10:21: prices.coreHour: found "4 %", expected a price such as 0.04'],
  ])('prices: %s', (prices, expected) => {
    expect(asking('metric: cost', { prices: `prices: ${prices}` })).toEqual([expected]);
  });

  const marginExpected = 'expected a share such as 5 %, or a number in the unit of the metric';
  test.each([
    ['margin: 0', `9:77: hypotheses[0].margin: found the number 0, ${marginExpected}`],
    ['margin: 0 %', `9:77: hypotheses[0].margin: found "0 %", ${marginExpected}`],
    ['margin: 5ms', `9:77: hypotheses[0].margin: found "5ms", ${marginExpected}`],
    [
      'margin: 5',
      '9:77: hypotheses[0].margin: 5 is more than all there is, expected a number up to 1: 0.005 is half a point',
    ],
  ])('%s', (margin, expected) => {
    expect(asking(`metric: violation-share, ${margin}`)).toEqual([expected]);
  });

  test('may have a margin in the unit of its metric, or as a share', () => {
    const margins = (margin: string): unknown =>
      loaded(
        applicationProfileText({
          hypotheses: `hypotheses: [{ arm: tight, against: ample, metric: core-seconds, margin: ${margin} }]`,
        }),
      ).hypotheses.map((hypothesis) => hypothesis.margin);

    expect(margins('20')).toEqual([{ kind: 'value', value: 20 }]);
    expect(margins('5 %')).toEqual([{ kind: 'share', share: 0.05 }]);
  });
});

test('mistakes of bounds, policies and overrides are told together', () => {
  const text = applicationProfileText({
    arms: `arms:
  - { name: tight, policy: { name: follow, window: 6s, target: 0 % }, overrides: { faults: [{ kill: gat, at: 1s }] } }
  - { name: ample, policy: { name: follow, window: 6s } }`,
    bounds: 'bounds: { services: { ecko: {} } }',
  });

  expect(mistakes(text)).toEqual([
    '6:20: trial.duration: 5s is too short for the policy of arm "ample", whose longest window is 6s; expected at least 12s: two of them',
    '8:64: arms[0].policy.target: found "0 %", expected 1 % to 100 %',
    '8:101: arms[0].overrides.faults[0].kill: unknown service "gat", did you mean "gate"?',
    '12:23: bounds.services.ecko: unknown service "ecko", did you mean "echo"?',
  ]);
});
