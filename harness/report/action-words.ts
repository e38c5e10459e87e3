import type { DecisionKind } from '../telemetry/action.ts';

/** What an action is about. */
export const actionWords: Readonly<Record<DecisionKind, string>> = {
  replicas: 'replicas',
  cpu: 'CPU limit',
  memory: 'memory limit',
  placement: 'placement',
};
