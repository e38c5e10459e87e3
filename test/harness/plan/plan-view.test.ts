import { expect, test } from 'vitest';
import { budget } from '../../../harness/plan/budget.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import { planView } from '../../../harness/plan/plan-view.ts';
import { loaded, profileText } from '../profile/profile-text.ts';

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
Experiment first/try, seed 1, plan 0c1e145d9646
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
Experiment first/try, seed 1, plan 26cfd44954c0
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
