import { stringify } from 'yaml';
import { makePlan } from '../../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../../harness/plan/plan.ts';
import { policyKinds } from '../../../../harness/policy/policy-kinds.ts';
import { loadProfile } from '../../../../harness/profile/load-profile.ts';
import { formatDiagnostics } from '../../../../harness/yaml/diagnostic.ts';
import { readerOf } from '../../profile/profile-text.ts';

/** A profile of the application `one-service` on the simulator: one replica with one core against two, 5 s under 60 requests per second. */
export function simulatedProfile(changes: Readonly<Record<string, unknown>> = {}): string {
  return stringify({
    seed: 3,
    blocks: 1,
    testbed: { kind: 'sim', cores: '8 cores' },
    application: 'one-service',
    objective: '100ms',
    trial: { duration: '5s', warmup: '1s' },
    canary: null,
    arms: [
      { name: 'one', allocation: { default: { cpu: '1 core' } } },
      { name: 'two', allocation: { default: { cpu: '1 core', replicas: 2 } } },
    ],
    loads: [{ name: 'steady', rate: '60/s' }],
    hypotheses: [{ arm: 'one', against: 'two', metric: 'latency-p95' }],
    ...changes,
  });
}

/** @param files that the profile names, by their path */
export function simulatedPlan(
  changes?: Readonly<Record<string, unknown>>,
  files?: Readonly<Record<string, string>>,
): Plan {
  const text = simulatedProfile(changes);
  const loaded = loadProfile({ text, fileName: 'simulated.yaml', read: readerOf(files), policies: policyKinds });
  if (!loaded.ok) throw new Error(formatDiagnostics(loaded.diagnostics));
  return makePlan(loaded.profile, 'simulated');
}
