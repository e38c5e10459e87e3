import { readFileSync } from 'node:fs';
import { makePlan } from '../../harness/plan/make-plan.ts';
import type { Plan } from '../../harness/plan/plan.ts';
import { policyKinds } from '../../harness/policy/policy-kinds.ts';
import { loadProfile } from '../../harness/profile/load-profile.ts';
import { formatDiagnostics } from '../../harness/yaml/diagnostic.ts';

/** What a policy steers by, under its replicas in the figure. */
export type Signal = 'utilisation' | 'wait' | 'latency';

export interface StepFigure {
  /** Of the policy, and of the file. */
  readonly name: string;
  readonly signal: Signal;
  /** Where it is to be, in the unit of the signal, and between what nothing is done; null without a band. */
  readonly target: { readonly value: number; readonly label: string; readonly band: readonly [number, number] | null };
  /** By arm of the experiment below: what the line is called. */
  readonly arms: Readonly<Record<string, string>>;
}

export const stepFigures: readonly StepFigure[] = [
  {
    name: 'static',
    signal: 'latency',
    target: { value: 100, label: 'objective', band: null },
    arms: { 'static-2': '2 replicas', 'static-4': '4 replicas' },
  },
  {
    name: 'hpa',
    signal: 'utilisation',
    target: { value: 50, label: 'target', band: [45, 55] },
    arms: { hpa: 'scale-down window of 5 min', 'hpa-short': 'of 1 min' },
  },
  {
    name: 'showar',
    signal: 'wait',
    target: { value: 15, label: 'target', band: [13.5, 16.5] },
    arms: { literal: 'literal', rebased: 'rebased', unbounded: 'rebased, integral unbounded' },
  },
];

export const minutes = 30;

/** One service whose replicas carry 100 requests per second each; three times the load for 10 minutes. In real time, of which the simulator needs none. */
const profile = `seed: 6
blocks: 1
testbed: { kind: sim, cores: 64 cores }
application: one-service
objective: 100ms
driver: { spans: 0 % }
trial: { duration: ${minutes}m, warmup: 1m }
canary: null
bounds: { default: { replicas: { least: 1, most: 20 } } }
arms:
  - { name: static-2, allocation: &two { default: { cpu: 1 core, replicas: 2 } }, policy: static }
  - { name: static-4, allocation: { default: { cpu: 1 core, replicas: 4 } }, policy: static }
  - { name: hpa, allocation: *two, policy: { name: hpa, metrics: [{ cpu: 50 % }] } }
  - name: hpa-short
    allocation: *two
    policy: { name: hpa, metrics: [{ cpu: 50 % }], behavior: { scaleDown: { stabilizationWindow: 60s } } }
  - { name: literal, allocation: *two, policy: { name: showar, vertical: off } }
  - { name: rebased, allocation: *two, policy: { name: showar, vertical: off, horizontal: { reading: rebased } } }
  - name: unbounded
    allocation: *two
    policy: { name: showar, vertical: off, horizontal: { reading: rebased, integralWindow: unbounded } }
loads:
  - name: step
    rate:
      shape: steps
      steps: [{ for: 5m, rate: 100/s }, { for: 10m, rate: 300/s }, { for: 15m, rate: 100/s }]
hypotheses: [{ arm: hpa, against: static-4, metric: latency-p95 }]
`;

export function stepPlan(): Plan {
  const model = new URL('../../deathstarbench/one-service.yaml', import.meta.url);
  const loaded = loadProfile({
    ...{ text: profile, fileName: 'step.yaml', read: () => readFileSync(model, 'utf8'), policies: policyKinds },
  });
  if (!loaded.ok) throw new Error(formatDiagnostics(loaded.diagnostics));
  return makePlan(loaded.profile, 'step');
}
