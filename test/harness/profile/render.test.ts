import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderProfile } from '../../../harness/profile/render.ts';
import { arbitraryProfile } from './arbitrary-profile.ts';
import { applicationProfileText, loaded, profileText } from './profile-text.ts';

test('a rendered profile loads again to an equal one', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      expect(loaded(renderProfile(profile))).toEqual(profile);
    }),
    { numRuns: 200 },
  );
});

test('the rendered text is complete: defaults, --set and the arms of a matrix are written out', () => {
  const text = profileText({
    arms: "arms: [{ name: idle }, { name: 'stress-{n}x', matrix: { n: [1, 2] }, disturbances: { cpu: '{n}x cores' } }]",
    hypotheses: 'hypotheses: [{ arm: stress-2x, against: idle, metric: all-wait-total }]',
    testbed: 'testbed: { kind: sim, cores: 1 core, work: 2500us }',
    loads: 'loads: [{ name: low, rate: 90/min }]',
  });

  expect(
    renderProfile(
      loaded(text, [
        'canary=null',
        'limits.stolen=7 %',
        'trial.duration=2500ms',
        'trial.warmup=500ms',
        'sampleInterval=500ms',
      ]),
    ),
  ).toBe(`\
# yaml-language-server: $schema=./schema.json
seed: 1
blocks: 8
aa: false
testbed:
  kind: sim
  cores: 1 core
  work: 2500us
timeCompression: 1
source: auto
trial:
  duration: 2500ms
  warmup: 500ms
sampleInterval: 500ms
canary: null
arms:
  - name: idle
    disturbances: {}
    overrides: {}
  - name: stress-1x
    disturbances:
      cpu: cores
    overrides: {}
  - name: stress-2x
    disturbances:
      cpu: 2x cores
    overrides: {}
loads:
  - name: low
    rate: 1.5/s
    arrivals: poisson
hypotheses:
  - arm: stress-2x
    against: idle
    metric: all-wait-total
limits:
  stolen: 7 %
  clockJump: 20ms
  observationGap: 2s
  notSent: 0.5 %
  lateness: null
  generatorCpu: 80 %
`);
});

test('of an application all that it is given is written out, and the limits that it does not have as null', () => {
  const text = applicationProfileText({
    testbed: 'testbed: { kind: local, applicationCpus: 0-1, port: 8080 }',
    objective: 'objective: 150ms',
    driver: 'driver: { connections: { maxAge: 10s } }',
    faults: 'faults: [{ kill: gate, at: 1s }, { stop: echo, at: 1500ms, for: 2s }]',
    timeCompression: 'timeCompression: 2.5',
    arms: `arms:
  - { name: tight, allocation: { default: { cpu: 100 millicores, memory: 2 MB }, services: { gate: { replicas: 2, memory: 64 MiB } } } }
  - name: ample
    allocation: { default: { cpuRequest: 50 millicores } }
    assumedDemand: 150 %
    policy: { name: follow, target: 30 %, interval: 2s }
    overrides: { source: bpf, driver: { name: k6, spans: 0 % }, canary: null, faults: [] }`,
    bounds: 'bounds: { default: { replicas: { most: 4 } }, services: { echo: { cpu: { least: 0.05 cores } } } }',
    prices: 'prices: { coreHour: 0.04, gigabyteHour: 0.005 }',
    hypotheses: 'hypotheses: [{ arm: tight, against: ample, metric: cost, margin: 5 % }]',
    loads:
      'loads: [{ name: low, rate: { shape: ramp, from: 0/s, to: 5/s, over: 90s }, arrivals: even, mix: say-only }]',
  });

  expect(renderProfile(loaded(text))).toBe(`\
# yaml-language-server: $schema=./schema.json
seed: 1
blocks: 8
aa: false
testbed:
  kind: local
  applicationCpus: 0-1
  harnessCpus: null
  port: 8080
application: echo
objective: 150ms
driver:
  name: built-in
  timeout: 5s
  inFlight: 1000
  connections:
    maxAge: 10s
  spans: 10 %
faults:
  - kill: gate
    at: 1s
  - stop: echo
    at: 1500ms
    for: 2s
timeCompression: 2.5
source: auto
trial:
  duration: 5s
  warmup: 1s
sampleInterval: 1s
canary:
  rate: 200/s
  work: 100us
bounds:
  services:
    gate:
      replicas:
        least: 1
        most: 4
      cpu:
        least: 0.01 cores
        most: 1024 cores
      memory:
        least: 4 MiB
        most: 1048576 MiB
    echo:
      replicas:
        least: 1
        most: 4
      cpu:
        least: 0.05 cores
        most: 1024 cores
      memory:
        least: 4 MiB
        most: 1048576 MiB
prices:
  coreHour: 0.04
  gigabyteHour: 0.005
arms:
  - name: tight
    disturbances: {}
    allocation:
      services:
        gate:
          replicas: 2
          cpu: 0.1 cores
          cpuRequest: 0.1 cores
          memory: 64 MiB
        echo:
          replicas: 1
          cpu: 0.1 cores
          cpuRequest: 0.1 cores
          memory: 2000000 B
    assumedDemand: 100 %
    overrides: {}
  - name: ample
    disturbances: {}
    allocation:
      services:
        gate:
          replicas: 1
          cpu: null
          cpuRequest: 0.05 cores
          memory: null
        echo:
          replicas: 1
          cpu: null
          cpuRequest: 0.05 cores
          memory: null
    assumedDemand: 150 %
    policy:
      name: follow
      target: 30 %
      interval: 2s
    overrides:
      source: bpf
      driver:
        name: k6
        timeout: 5s
        inFlight: 1000
        connections: kept
        spans: 0 %
      canary: null
      faults: []
loads:
  - name: low
    rate:
      shape: ramp
      from: 0/s
      to: 5/s
      over: 90s
    arrivals: even
    mix: say-only
hypotheses:
  - arm: tight
    against: ample
    metric: cost
    margin: 5 %
limits:
  stolen: 2 %
  clockJump: 20ms
  observationGap: 2s
  notSent: 0.5 %
  lateness: null
  generatorCpu: 80 %
`);
});

test('the schema can be named relative to where the text goes', () => {
  const [first] = renderProfile(loaded(profileText()), '../../profiles/schema.json').split('\n');

  expect(first).toBe('# yaml-language-server: $schema=../../profiles/schema.json');
});
