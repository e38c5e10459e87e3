import { unreachable } from '../core/unreachable.ts';
import type { Allocation, Plan, ServiceAllocation } from '../plan/plan.ts';
import type { Action, Decision } from '../telemetry/action.ts';

/** What an action changed, of one service: a CPU limit and a CPU request are one field. */
export type ScaledField = Exclude<Decision['kind'], 'placement'>;

/** An action that gave a service more (1) or less (-1) than it had, of one field. */
export interface DirectedAction {
  readonly action: Action;
  readonly field: ScaledField;
  readonly direction: 1 | -1;
}

/** Took effect, or was on its way to it when the trial ended. */
export const isDone = ({ state }: Action): boolean => state === 'effective' || state === 'in-progress';

/** The testbed took it over: done, or superseded by a later one. What asked for what was there already is none. */
export const isAccepted = (action: Action): boolean => isDone(action) || action.state === 'superseded';

/** What the services have when a trial of the arm begins; nothing without an application. */
export const allocationOf = ({ arms }: Pick<Plan, 'arms'>, arm: string): Allocation =>
  arms.find(({ name }) => name === arm)?.allocation ?? {};

/** How much a service has of each field; null without a limit. */
interface Levels {
  readonly replicas: number | null;
  readonly cpu: number | null;
  readonly request: number | null;
  readonly memory: number | null;
}

/**
 * The direction of each of these actions against what the service had been given before: by the allocation of the arm, or by the one of
 * them before it. Without a limit there is more than with any. Actions that change nothing, and placements, have no direction.
 * @param actions those that count, in the order in which they were wanted
 */
export function directedActions(allocation: Allocation, actions: readonly Action[]): readonly DirectedAction[] {
  const levels = new Map<string, Levels>(
    Object.entries(allocation).map(([service, given]) => [service, levelsOf(given)]),
  );
  return actions.flatMap((action): DirectedAction[] => {
    const { decision } = action;
    const before = levels.get(decision.service);
    if (before === undefined || decision.kind === 'placement') return [];
    const after = applied(before, decision);
    levels.set(decision.service, after);
    const direction =
      Math.sign(rank(after[decision.kind]) - rank(before[decision.kind])) ||
      (decision.kind === 'cpu' ? Math.sign(rank(after.request) - rank(before.request)) : 0);
    return direction === 1 || direction === -1 ? [{ action, field: decision.kind, direction }] : [];
  });
}

const levelsOf = ({ replicas, cpuLimitCores, cpuRequestCores, memoryLimitBytes }: ServiceAllocation): Levels => ({
  ...{ replicas, cpu: cpuLimitCores, request: cpuRequestCores, memory: memoryLimitBytes },
});

function applied(levels: Levels, decision: Exclude<Decision, { readonly kind: 'placement' }>): Levels {
  switch (decision.kind) {
    case 'replicas':
      return { ...levels, replicas: decision.replicas };
    case 'cpu':
      return { ...levels, cpu: decision.limitCores, request: decision.requestCores ?? levels.request };
    case 'memory':
      return { ...levels, memory: decision.limitBytes };
    default:
      return unreachable(decision);
  }
}

/** Greater than every limit; not Infinity, whose difference from itself is not a number. */
const unlimited = Number.MAX_VALUE;
const rank = (level: number | null): number => level ?? unlimited;
