import { stream } from '../../harness/core/random.ts';
import { compressLoad } from '../../harness/load/compress-load.ts';
import { rateCurve } from '../../harness/load/rate-shape.ts';
import type { Plan, PlannedArm, PlannedLoad, PolicySpec } from '../../harness/plan/plan.ts';
import type { Action, Decision } from '../../harness/telemetry/action.ts';
import type { ControlLog, PolicyEvidence, PolicyStep } from '../../harness/telemetry/control.ts';

/** What a service has from an instant on. */
export interface ServiceState {
  readonly atMs: number;
  readonly replicas: number;
  readonly limitCores: number;
}

/** What the policy of an arm did in a trial. */
export interface SimulatedControl {
  readonly log: ControlLog;
  readonly evidence: PolicyEvidence;
  /** By service; the first is what the trial began with. Stores are missing. */
  readonly states: ReadonlyMap<string, readonly ServiceState[]>;
}

/** An example of a policy as it stands in a plan. */
export const policyOf = (name: string, changes: Partial<PolicySpec> = {}): PolicySpec => ({
  ...{ name, written: {}, options: { target: 0.5 } },
  demands: { intervalSeconds: 2, longestWindowSeconds: 4, needs: ['cpu-usage'], acts: ['replicas'] },
  ...changes,
});

/** Requests per second that a replica carries for each core of its limit. */
const perCore = 75;

/**
 * Something like the policy of its name: `hpa` counts replicas after the rate, late; `showar` resizes as well, and asks once for too much,
 * which is refused; every other one does nothing. Always the same for a block and an arm.
 */
export function simulateControl(
  plan: Plan,
  { name: arm, policy, allocation }: PlannedArm,
  load: PlannedLoad,
  block: number,
): SimulatedControl | null {
  if (policy === null) return null;
  const curve = rateCurve(compressLoad(load, plan.timeCompression).rate);
  const random = stream(block, `control/${arm}`);
  const services = (plan.application?.model.services ?? []).filter(({ role }) => role !== 'store');
  const states = new Map(
    services.map(({ name }): [string, ServiceState[]] => {
      const { replicas = 1, cpuLimitCores: limitCores = null } = allocation?.[name] ?? {};
      return [name, [{ atMs: -2000, replicas, limitCores: limitCores ?? 1 }]];
    }),
  );
  const steps: PolicyStep[] = [];
  const actions: Action[] = [];
  const everySamples = policy.name === 'showar' ? 1 : 2;
  const act = (atMs: number, decision: Decision, refusal: string | null): void => {
    const effectiveAtMs = atMs + (decision.kind === 'replicas' ? 1.2 : 0.1) * plan.sampleMs;
    actions.push({
      ...{ id: actions.length + 1, by: 'policy', decision, state: refusal === null ? 'effective' : 'refused' },
      ...{ wantedAtMs: atMs, acceptedAtMs: refusal === null ? atMs : null, note: refusal },
      effectiveAtMs: refusal === null ? effectiveAtMs : null,
    });
    const own = states.get(decision.service);
    const before = own?.at(-1);
    if (refusal !== null || own === undefined || before === undefined) return;
    own.push({
      ...{ ...before, atMs: effectiveAtMs },
      ...(decision.kind === 'replicas' ? { replicas: decision.replicas } : {}),
      ...(decision.kind === 'cpu' ? { limitCores: decision.limitCores } : {}),
    });
  };
  const isActive = policy.name === 'hpa' || policy.name === 'showar';
  for (let atMs = plan.sampleMs * everySamples; atMs < plan.trialMs; atMs += plan.sampleMs * everySamples) {
    const before = actions.length;
    for (const { name: service } of isActive ? services : []) {
      const [own, now] = [states.get(service)?.[0], states.get(service)?.at(-1)];
      if (own === undefined || now === undefined) continue;
      const rate = curve.rateAt(atMs - plan.sampleMs) * (0.9 + 0.2 * random.uniform());
      const limitCores =
        policy.name === 'showar' ? Number((own.limitCores * (0.55 + rate / 100)).toFixed(3)) : own.limitCores;
      const replicas = Math.max(1, Math.ceil(rate / perCore / limitCores));
      const numbers = { ratePerSecond: rate };
      const decision = { service, reason: { rule: 'rate', numbers } };
      if (Math.abs(limitCores / now.limitCores - 1) > 0.15) act(atMs, { ...decision, kind: 'cpu', limitCores }, null);
      else if (replicas !== now.replicas) act(atMs, { ...decision, kind: 'replicas', replicas }, null);
      else if (policy.name === 'showar' && atMs === 8 * plan.sampleMs)
        act(atMs, { ...decision, kind: 'memory', limitBytes: 1024 ** 4 }, 'above the bound of 512 MiB');
    }
    const decisions = actions.length - before;
    const [wallMs, cpuMs] = [0.2 + 0.3 * random.uniform(), 0.2];
    steps.push({ atMs, samples: everySamples, wallMs, cpuMs, missed: 0, decisions });
  }
  return {
    states,
    log: { steps, actions },
    evidence: {
      ...{ name: policy.name, failure: null, steps: steps.length, lateSteps: 0 },
      ...{ cpuSeconds: 0.0004 * steps.length, residentBytes: null },
    },
  };
}

/** What a service has at an instant. */
export function stateAt(states: readonly ServiceState[], atMs: number): ServiceState | null {
  return states.findLast((state) => state.atMs <= atMs) ?? null;
}
