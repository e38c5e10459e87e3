import type { Action, Decision } from '../../harness/telemetry/action.ts';
import type { PolicyEvidence, PolicyStep } from '../../harness/telemetry/control.ts';

/** What a decision asks for, without what every decision has. */
type Wanted = Decision extends infer Each ? (Each extends Decision ? Omit<Each, 'service' | 'reason'> : never) : never;

/** A decision about a service, for no reason that matters. */
export function decisionOf(service: string, wanted: Wanted): Decision {
  return { service, reason: { rule: 'test', numbers: {} }, ...wanted };
}

/** An action of a policy that was accepted when it was wanted, and was effective half a second later. */
export function actionOf(id: number, wantedAtMs: number, decision: Decision, changes: Partial<Action> = {}): Action {
  return {
    ...{ id, by: 'policy', decision, state: 'effective', wantedAtMs, acceptedAtMs: wantedAtMs },
    ...{ effectiveAtMs: wantedAtMs + 500, note: null },
    ...changes,
  };
}

export const stepAt = (atMs: number, changes: Partial<PolicyStep> = {}): PolicyStep => ({
  ...{ atMs, samples: 1, wallMs: 1, cpuMs: 0.5, missed: 0, decisions: 0 },
  ...changes,
});

/** Of a policy that could go on. */
export const policyEvidence: PolicyEvidence = {
  ...{ name: 'hpa', failure: null, steps: 5, lateSteps: 0, cpuSeconds: 0.05, residentBytes: null },
};
