import { expect, test } from 'vitest';
import { budget } from '../../../harness/plan/budget.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import { planView } from '../../../harness/plan/plan-view.ts';
import { applicationProfileText, loaded, profileText } from '../profile/profile-text.ts';

const view = (text: string): string => {
  const plan = makePlan(loaded(text), 'first/try');
  return planView(plan, budget(plan, { overheadPerTrialMs: 500, noise: null, capacityCores: null }));
};

test('everything that will happen is shown, in order', () => {
  const text = profileText({
    blocks: 'blocks: 2',
    arms: 'arms: [{ name: idle }, { name: stress-1, disturbances: { cpu: 1 } }, { name: c, disturbances: { cpu: 2x cores } }]',
  });

  expect(view(text)).toBe(`\
Experiment first/try, seed 1, plan 31adfbd41d18
Testbed local, source of run-queue wait: auto
Trials of 5 s, warm-up 1 s, a sample every 1 s
Canary 200/s, 100 µs of work

Arms
  idle      no disturbance
  stress-1  1 busy thread
  c         2 busy threads per core

Hypotheses
  canary-wait-p95 of stress-1 against idle

Blocks
  1, seed 459217188
    stress-1  seed 1891097789
    idle      seed 110856023
    c         seed -1469258971
  2, seed 1355182178
    c         seed -915211622
    stress-1  seed -828971538
    idle      seed 1469563720

2 blocks x 3 arms x 5 s = 33 s; 1 hypothesis, 6 blocks needed to rank, 4 too few: numbers, no ranking
`);
});

test('loads, a simulated testbed and a missing canary are shown', () => {
  const text = profileText({
    testbed: 'testbed: { kind: sim, cores: 2 cores, work: 10ms }',
    loads: 'loads: [{ name: low, rate: 90/min }]',
    canary: 'canary: null',
    aa: 'aa: true',
    arms: 'arms: [{ name: a, disturbances: { cpu: cores } }, { name: b, disturbances: { cpu: cores } }]',
    hypotheses: 'hypotheses: [{ arm: a, against: b, metric: all-wait-p50 }]',
    blocks: 'blocks: 1',
  });

  expect(view(text)).toBe(`\
Experiment first/try, seed 1, plan 70572f9cbf46
Testbed sim (cores: 2, work: 10.0 ms an arrival), source of run-queue wait: auto
Trials of 5 s, warm-up 1 s, a sample every 1 s
No canary

Arms (A/A: the same treatment twice)
  a  a busy thread per core
  b  a busy thread per core

Loads
  low  1.5/s, Poisson

Hypotheses
  all-wait-p50 of a against b

Blocks
  1, load low, seed 459217188
    a  seed 678544430
    b  seed -577484997

1 block x 2 arms x 5 s = 11 s; 1 hypothesis, 6 blocks needed to rank, 5 too few: numbers, no ranking
`);
});

test('an application is shown with all that it is given, services that get the same together', () => {
  const text = applicationProfileText({
    testbed: "testbed: { kind: local, applicationCpus: '0', harnessCpus: '1', port: 8080 }",
    driver: 'driver: { timeout: 1500ms, connections: { maxAge: 10s }, spans: 1 % }',
    faults: 'faults: [{ kill: gate, at: 1s }, { stop: echo, at: 2500ms, for: 2s }]',
    timeCompression: 'timeCompression: 10',
    blocks: 'blocks: 1',
    arms: `arms:
  - { name: tight, allocation: { default: { cpu: 0.1 cores, memory: 64 MiB }, services: { echo: { replicas: 2, cpu: 1 core } } } }
  - { name: ample, assumedDemand: 50 %, disturbances: { cpu: 1 } }`,
  });

  expect(view(text)).toBe(`\
Experiment first/try, seed 1, plan af2f7baf9048
Testbed local (CPUs of the application: 0, of the harness: 1, port: 8080), source of run-queue wait: auto
Application echo, objective 200 ms
Load driver built-in, time-out 1.5 s, at most 1000 in flight, connections kept up to 10 s, spans of 1.00 % of the requests
Fault: gate is killed at 1 s
Fault: echo is stopped at 2.5 s for 2 s
Time compression 10: divides the times of faults, loads and options of policies that stand here
Trials of 5 s, warm-up 1 s, a sample every 100 ms
Canary 200/s, 100 µs of work

Arms
  tight  no disturbance
         1 replica of 0.1 cores and 64 MiB: gate
         2 replicas of 1 core and 64 MiB: echo
  ample  1 busy thread
         assumed demands at 50.0 %
         1 replica without limits: gate, echo

Loads
  low  50/s, Poisson

Hypotheses
  latency-p95 of tight against ample

Blocks
  1, load low, seed 459217188
    tight  seed -2145112963
    ample  seed 689198002

1 block x 2 arms x 5 s at time compression 10 = 11 s; 1 hypothesis, 6 blocks needed to rank, 5 too few: numbers, no ranking
`);
});

test('policies are shown with their options, how often they step, and what they may choose', () => {
  const text = applicationProfileText({
    trial: 'trial: { duration: 9s, warmup: 1s }',
    timeCompression: 'timeCompression: 75',
    blocks: 'blocks: 1',
    prices: 'prices: { coreHour: 0.04, gigabyteHour: 0.005 }',
    bounds:
      'bounds: { default: { replicas: { most: 4 }, cpu: { most: 1 core } }, services: { echo: { memory: { most: 1 GB } } } }',
    arms: `arms:
  - name: quick
    policy: { name: follow, target: 30 %, interval: 15s, window: 300s }
    allocation: { default: { cpu: 0.1 cores, cpuRequest: 0.05 cores } }
  - name: placed
    policy: { name: placer, note: [{ a: null }, {}, true] }
    overrides: { source: none, canary: null, driver: { name: k6 }, faults: [{ kill: gate, at: 1s }] }
  - { name: held, policy: hold, allocation: { default: { cpu: 1 core, memory: 64 MiB } }, overrides: { faults: [], canary: { rate: 10/s } } }`,
    hypotheses: `hypotheses:
  - { arm: quick, against: held, metric: cost, margin: 5 % }
  - { arm: placed, against: held, metric: violation-share, margin: 0.005 }`,
  });

  const [, arms = '', , , hypotheses = ''] = view(text).split(/\n\n(?=Arms|Loads|Hypotheses|Blocks|Bounds)/);
  expect(arms).toBe(`\
Arms
  quick   policy follow { target: 30 %, interval: 15s, window: 300s }
          45 steps in a trial, every 200 ms, longest window 4 s
          no disturbance
          1 replica of 0.1 cores, request 0.05 cores: gate, echo
  placed  policy placer { note: [{ a: null }, {}, true] }
          0 steps in a trial, every 133.333 s
          no disturbance
          source of run-queue wait: none
          no canary
          Load driver k6, time-out 5 s, at most 1000 in flight, connections kept, spans of 10.0 % of the requests
          gate is killed at 1 s
          1 replica without limits: gate, echo
  held    policy hold with its defaults
          11 steps in a trial, every 800 ms
          no disturbance
          canary 10/s, 100 µs of work
          no faults
          1 replica of 1 core and 64 MiB: gate, echo`);
  expect(hypotheses).toBe(`\
Hypotheses
  cost of quick against held, equal within 5.00 %
  violation-share of placed against held, equal within 0.005`);
  expect(view(text)).toContain(`
Bounds of policies
  1 to 4 replicas, 0.01 to 1 core, 4 MiB to 1048576 MiB: gate
  1 to 4 replicas, 0.01 to 1 core, 4 MiB to 1000000000 B: echo

`);
  expect(view(text)).toContain('\nPrices: 0.04 for a core hour, 0.005 for a GB hour\n');
});

test('a driver that opens a connection for each request says so', () => {
  expect(view(applicationProfileText({ driver: 'driver: { name: k6, connections: fresh }' }))).toContain(
    '\nLoad driver k6, time-out 5 s, at most 1000 in flight, a connection for each request, spans of 10.0 % of the requests\n',
  );
});
