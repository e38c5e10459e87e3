import type { Plan } from '../../plan/plan.ts';
import type { PolicyInput } from '../../policy/port.ts';
import type { DecisionKind } from '../../telemetry/action.ts';
import type { Controller } from './subtree.ts';
import type { LocalSource } from './wait-source.ts';

export interface PolicyOffers {
  readonly inputs: readonly PolicyInput[];
  readonly acts: readonly DecisionKind[];
}

/**
 * What policies can see and do on this machine.
 * @param plan as the arm of a policy sees it
 * @param lacks controllers that we have to do without
 */
export function policyOffers(plan: Plan, source: LocalSource, lacks: readonly Controller[]): PolicyOffers {
  if (plan.application === null) return { inputs: [], acts: [] };
  const hasMemory = !lacks.includes('memory');
  return {
    inputs: [
      ...(['cpu-usage', 'cpu-throttling', 'request-rate', 'latency'] as const),
      ...(hasRequests(plan) ? (['cpu-request'] as const) : []),
      ...(hasMemory ? (['memory-usage', 'oom-kills'] as const) : []),
      ...(source === 'none' ? [] : (['wait-sum'] as const)),
      ...(source === 'bpf' ? (['wait-histogram'] as const) : []),
    ],
    // One machine: nothing can be placed.
    acts: ['replicas', 'cpu', ...(hasMemory ? (['memory'] as const) : [])],
  };
}

/** Has every service that may be scaled a request, in every arm whose policy asks for it? */
function hasRequests({ arms, bounds }: Plan): boolean {
  return arms
    .filter(({ policy }) => policy?.demands.needs.includes('cpu-request'))
    .every(({ allocation }) =>
      Object.keys(bounds ?? {}).every((service) => (allocation?.[service]?.cpuRequestCores ?? null) !== null),
    );
}
