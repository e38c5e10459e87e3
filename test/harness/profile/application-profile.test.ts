import { describe, expect, test } from 'vitest';
import { ownModels } from '../../../harness/profile/application-schema.ts';
import { readProjectFile, sourceFiles } from '../../guard/project-files.ts';
import { applicationProfileText, loaded, mistakes, profileText, readerOf, refusal } from './profile-text.ts';

const small = readProjectFile('deathstarbench/echo.yaml').replace('name: echo\n', 'name: small\n');

test('the models that come with Scalelab have names, and no other has', () => {
  expect(ownModels.map((name) => `deathstarbench/${name}.yaml`).sort()).toEqual(sourceFiles('deathstarbench', '.yaml'));
  expect(loaded(applicationProfileText()).application?.model.name).toBe('echo');
});

test('what has a dot or a slash is the path of a file', () => {
  const text = applicationProfileText({ application: 'application: ./small.yaml' });
  const { application } = loaded(text, [], readerOf({ './small.yaml': small }));

  expect(application).toMatchObject({ reference: './small.yaml', model: { name: 'small' } });
});

test('what is left out takes its default', () => {
  const { application, arms } = loaded(
    applicationProfileText({ objective: null, driver: null, faults: null, trial: null }),
  );

  expect({ ...application, model: null }).toEqual({
    reference: 'echo',
    model: null,
    sloMs: 200,
    driver: {
      name: 'built-in',
      timeoutMs: 5000,
      mostInFlight: 1000,
      connections: { kind: 'kept', maxAgeMs: null },
      spanShare: 0.1,
    },
    faults: [],
  });
  expect(arms).toMatchObject([{ assumedDemand: 1 }, { assumedDemand: 1 }]);
});

test('every field can be written', () => {
  const text = applicationProfileText({
    objective: 'objective: 1s',
    driver: 'driver: { name: k6, timeout: 2s, inFlight: 7, connections: fresh, spans: 100 % }',
    faults: 'faults: [{ kill: gate, at: 0s }, { stop: echo, at: 4999ms, for: 1ms }]',
    arms: 'arms: [{ name: tight, assumedDemand: 50 %, disturbances: { cpu: 1 } }, { name: ample }]',
    loads: 'loads: [{ name: low, rate: 50/s, mix: say-only }]',
  });

  const { application, arms, loads } = loaded(text);
  expect({ ...application, model: null }).toEqual({
    reference: 'echo',
    model: null,
    sloMs: 1000,
    driver: {
      name: 'k6',
      timeoutMs: 2000,
      mostInFlight: 7,
      connections: { kind: 'fresh' },
      spanShare: 1,
    },
    faults: [
      { kind: 'kill', service: 'gate', atMs: 0 },
      { kind: 'stop', service: 'echo', atMs: 4999, durationMs: 1 },
    ],
  });
  expect(arms[0]).toMatchObject({ assumedDemand: 0.5, disturbances: { cpu: { threads: 1 } } });
  expect(loads).toMatchObject([{ mix: 'say-only' }]);
});

describe('one field is wrong', () => {
  test.each([
    ['application: [echo]', ['2:14: application: found a list, expected the name or the path of a model']],
    ['application: ecko', ['2:14: application: unknown application "ecko", did you mean "echo"?']],
    [
      'application: train-ticket',
      ['2:14: application: unknown application "train-ticket", expected one of social-network, echo, one-service'],
    ],
    ['application: ./gone.yaml', ['2:14: application: the model cannot be read: no such file']],
    ['objective: 0ms', ['3:12: objective: found "0ms", expected 1ms to 1h']],
    ['driver: { name: k7 }', ['4:17: driver.name: unknown driver "k7", did you mean "k6"?']],
    [
      'driver: { inFlight: 0 }',
      ['4:21: driver.inFlight: found the number 0, expected a whole number from 1 to 100000'],
    ],
    [
      'driver: { connections: new }',
      ['4:24: driver.connections: found "new", expected kept, fresh, or a mapping such as { maxAge: 10s }'],
    ],
    [
      'driver: { spans: 0.1 }',
      ['4:18: driver.spans: found the number 0.1, expected a share such as 2 %; a bare number has no unit'],
    ],
    [
      'driver: { timeout: 100ms }',
      ['4:20: driver.timeout: 100ms is less than the objective of 200ms, expected at least that'],
    ],
    ['faults: [{ kill: gat, at: 1s }]', ['5:18: faults[0].kill: unknown service "gat", did you mean "gate"?']],
    [
      'faults: [{ stop: user-mongodb, at: 1s, for: 2s }]',
      ['5:18: faults[0].stop: unknown service "user-mongodb", expected one of gate, echo'],
    ],
    [
      'faults: [{ kill: gate, at: 1s }, { kill: gate, at: 5s }]',
      ['5:52: faults[1].at: 5000ms is not in the trial, expected less than its duration of 5000ms'],
    ],
    [
      'faults: [{ burn: gate, at: 1s }]',
      [
        '5:10: faults[0]: found a mapping, expected a mapping such as { kill: nginx-thrift, at: 5s } or { stop: user-mongodb, at: 5s, for: 2s }',
      ],
    ],
    ['loads: []', ['2:14: application: nothing is asked of it, expected at least one load']],
    [
      'loads: [{ name: low, rate: 5/s, mix: say }]',
      ['8:38: loads[0].mix: unknown mix "say", expected one of both, say-only'],
    ],
    [
      'testbed: { kind: local, applicationCpus: 0- }',
      ['1:42: testbed.applicationCpus: found "0-", expected CPUs such as 0 or 1-3,5'],
    ],
    [
      'testbed: { kind: local, port: 0 }',
      ['1:31: testbed.port: found the number 0, expected a whole number from 1 to 65535'],
    ],
  ])('%s', (line, expected) => {
    expect(mistakes(applicationProfileText({ [line.split(':')[0] ?? '']: line }))).toEqual(expected);
  });
});

describe('an allocation is wrong', () => {
  const withAllocation = (allocation: string, application = 'echo'): string =>
    applicationProfileText({
      application: `application: ${application}`,
      arms: `arms:\n  - name: tight\n    allocation: ${allocation}\n  - name: ample`,
    });

  test.each([
    [
      '{ services: { gat: { cpu: 1 core } } }',
      '9:31: arms[0].allocation.services.gat: unknown service "gat", did you mean "gate"?',
    ],
    [
      '{ services: { nginx: {} } }',
      '9:31: arms[0].allocation.services.nginx: unknown service "nginx", expected one of gate, echo',
    ],
    [
      '{ services: { gate: { cpus: 1 core } } }',
      '9:39: arms[0].allocation.services.gate.cpus: unknown key "cpus", did you mean "cpu"?',
    ],
    [
      '{ default: { cpu: 1m core } }',
      '9:35: arms[0].allocation.default.cpu: found "1m core", expected a number of cores such as 2 cores',
    ],
    [
      '{ default: { cpu: 0 cores } }',
      '9:35: arms[0].allocation.default.cpu: found "0 cores", expected 0.01 cores to 1024 cores',
    ],
    [
      '{ default: { memory: 64 } }',
      '9:38: arms[0].allocation.default.memory: found the number 64, expected a size such as 24 MiB, 4 kB; a bare number has no unit',
    ],
    [
      '{ default: { memory: 1 kB } }',
      '9:38: arms[0].allocation.default.memory: found "1 kB", expected 1 MiB to 1024 GiB',
    ],
    [
      '{ default: { replicas: 101 } }',
      '9:40: arms[0].allocation.default.replicas: found the number 101, expected a whole number from 0 to 100',
    ],
    [
      '{ default: { replicas: 0 } }',
      '9:40: arms[0].allocation.default.replicas: 0 replicas of a front, expected at least 1: nothing else takes the load',
    ],
    [
      '{ services: { gate: { replicas: 0 } } }',
      '9:49: arms[0].allocation.services.gate.replicas: 0 replicas of a front, expected at least 1: nothing else takes the load',
    ],
    [
      '{ gate: { cpu: 1 core } }',
      '9:19: arms[0].allocation.gate: unknown key "gate", expected one of default, services',
    ],
    [
      '{ services: [gate] }',
      '9:29: arms[0].allocation.services: found a list, expected a mapping of services to what they get',
    ],
  ])('%s', (allocation, expected) => {
    expect(mistakes(withAllocation(allocation))).toEqual([expected]);
  });

  test('a store cannot be there twice, and may be written once', () => {
    const stored = (replicas: number): string =>
      withAllocation(`{ services: { user-mongodb: { replicas: ${replicas} } } }`, 'social-network').replace(
        'name: ample',
        'name: ample\n    allocation: { default: { cpu: 1 core } }',
      );

    expect(mistakes(stored(1))).toEqual([]);
    for (const replicas of [0, 2]) {
      expect(mistakes(stored(replicas))).toEqual([
        `9:57: arms[0].allocation.services.user-mongodb.replicas: ${replicas} replicas of a store, expected 1: what it stores is not shared`,
      ]);
    }
  });

  test('two arms come to the same with this model, however they are written', () => {
    const text = applicationProfileText({
      arms: `arms:
  - { name: a, allocation: { default: { cpu: 0.5 cores } } }
  - { name: b, allocation: { services: { gate: { cpu: 500 millicores }, echo: { cpu: 0.5 cores, replicas: 1 } } } }
  - { name: c, assumedDemand: 200 % }`,
      hypotheses: 'hypotheses: [{ arm: a, against: c, metric: latency-p95 }]',
    });

    expect(mistakes(text)).toEqual([
      '9:5: arms[1]: does the same as arm "a", expected arms that differ (or aa: true for an A/A profile)',
    ]);
  });

  test('a factor on assumed demands does nothing to a model that has none', () => {
    const measured = small.replaceAll('source: assumed', 'source: measured');
    const text = applicationProfileText({
      application: 'application: ./small.yaml',
      arms: 'arms: [{ name: tight, assumedDemand: 50 % }, { name: ample }]',
    });
    const read = readerOf({ './small.yaml': measured });

    expect(mistakes(text, [], read)).toEqual([
      '7:46: arms[1]: does the same as arm "tight", expected arms that differ (or aa: true for an A/A profile)',
    ]);
    expect(mistakes(text, [], readerOf({ './small.yaml': small }))).toEqual([]);
  });

  test('an A/A profile gives the same twice', () => {
    const text = applicationProfileText({ aa: 'aa: true', arms: 'arms: [{ name: tight }, { name: ample }]' });

    expect(loaded(text).arms.map(({ allocation }) => allocation)).toEqual(
      ['a', 'b'].map(() => ({
        gate: { replicas: 1, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: null },
        echo: { replicas: 1, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: null },
      })),
    );
  });
});

test('what is written for an application means nothing without one', () => {
  const text = profileText({
    objective: 'objective: 100ms',
    driver: 'driver: {}',
    faults: 'faults: [{ kill: nginx, at: 1s }]',
    arms: 'arms: [{ name: idle, allocation: {} }, { name: stress-1, assumedDemand: 50 % }]',
    hypotheses: 'hypotheses: [{ arm: stress-1, against: idle, metric: latency-p99 }]',
    loads: 'loads: [{ name: low, rate: 5/s }]',
  });
  const nothing = 'means nothing without an application, expected one such as application: social-network';

  expect(mistakes(text)).toEqual([
    `3:22: arms[0].allocation: ${nothing}`,
    `3:58: arms[1].assumedDemand: ${nothing}`,
    '4:54: hypotheses[0].metric: latency-p99 without an application, expected one or a metric such as canary-wait-p95',
    `5:1: objective: ${nothing}`,
    `6:1: driver: ${nothing}`,
    `7:1: faults: ${nothing}`,
    '8:8: loads: without an application nothing takes a load, expected no loads, or an application',
  ]);
});

test('every metric of an application needs one', () => {
  for (const metric of ['application-wait-p95', 'latency-mean', 'violation-share', 'cpu-cores']) {
    expect(mistakes(profileText({}), [`hypotheses[0].metric=${metric}`])).toEqual([
      `1:22: hypotheses[0].metric: ${metric} without an application, expected one or a metric such as canary-wait-p95`,
    ]);
  }
});

test('a quantile of latency needs no histogram of waits, and one of the waits of the application does', () => {
  const text = applicationProfileText({ source: 'source: schedstat' });

  expect(mistakes(text)).toEqual([]);
  expect(mistakes(text, ['hypotheses[0].metric=application-wait-p95'])).toEqual([
    '1:22: hypotheses[0].metric: application-wait-p95 with source: schedstat, which has no histogram, expected a mean or total such as canary-wait-mean',
  ]);
});

test('mistakes in what the profile names are told together, each with its own file, line and column', () => {
  const text = applicationProfileText({
    application: 'application: ./small.yaml',
    loads: 'loads: [{ name: low, file: gone.yaml }, { name: high, file: high.yaml }]',
  });
  const read = readerOf({
    './small.yaml': small.replace('mean: 200us', 'mean: 0us').replace('call: echo/repeat', 'call: ecko/repeat'),
    'high.yaml': 'rate: 5\n',
  });

  expect(refusal(text, [], read)).toBe(`\
exp.yaml:8:28: loads[0].file: the file cannot be read: no such file
    loads: [{ name: low, file: gone.yaml }, { name: high, file: high.yaml }]
                               ^
high.yaml:1:7: rate: found the number 5, expected a rate such as 200/s, 30/min; a bare number has no unit
    rate: 5
          ^
./small.yaml:29:22: services[0].operations[0].cpu.mean: found "0us", expected 1us to 100s
            cpu: { mean: 0us, source: assumed }
                         ^`);
});

test('a fault is on the time axis that time compression divides', () => {
  const text = applicationProfileText({
    faults: 'faults: [{ kill: gate, at: 9999ms }, { kill: gate, at: 10s }]',
    timeCompression: 'timeCompression: 2',
  });

  expect(mistakes(text)).toEqual([
    '5:56: faults[1].at: 10000ms is not in the trial, expected less than its duration of 10000ms before time compression',
  ]);
});

test('arrivals that are given cannot be compressed', () => {
  const text = applicationProfileText({
    loads:
      'loads: [{ name: low, rate: 5/s }, { name: given, arrivals: { process: instants, file: a, instants: "1" } }]',
  });

  expect(mistakes(text)).toEqual([]);
  expect(mistakes(text, ['timeCompression=2'])).toEqual([
    '1:17: timeCompression: the arrivals of the load "given" are instants, which would come more often, expected 1',
  ]);
});

test('an unknown mix is told at its own load, also beside one that cannot be read', () => {
  const text = applicationProfileText({
    loads: 'loads: [{ name: low, file: gone.yaml }, { name: high, rate: 5/s, mix: bth }]',
  });

  expect(mistakes(text)).toEqual([
    '8:28: loads[0].file: the file cannot be read: no such file',
    '8:71: loads[1].mix: unknown mix "bth", did you mean "both"?',
  ]);
});
