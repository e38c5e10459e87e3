import type { Allocation, Plan } from '../plan/plan.ts';
import { median, sortSample } from '../statistics/quantile.ts';
import { decisionKinds, type Action, type DecisionKind } from '../telemetry/action.ts';
import type { ControlLog, PolicyEvidence } from '../telemetry/control.ts';
import { directedActions, isAccepted, isDone } from './action-directions.ts';
import type { ControlMetrics } from './summary.ts';

/** What a policy did in a trial, and what it cost. @param trialSeconds that the samples of the trial cover, warm-up included */
export function measureControl(
  { steps, actions }: ControlLog,
  policy: PolicyEvidence,
  trialSeconds: number,
): ControlMetrics {
  const accepted = actions.filter(isAccepted);
  const wallMs = steps.map((step) => step.wallMs);
  const scaling = accepted.filter(({ decision, state }) => decision.kind === 'replicas' && state === 'effective');
  return {
    steps: steps.length,
    lateSteps: policy.lateSteps,
    missedSteps: steps.reduce((sum, { missed }) => sum + missed, 0),
    medianStepMs: median(sortSample(wallMs)),
    mostStepMs: wallMs.length === 0 ? null : wallMs.reduce((most, one) => Math.max(most, one)),
    cpuCores: policy.cpuSeconds === null || trialSeconds === 0 ? null : policy.cpuSeconds / trialSeconds,
    residentBytes: policy.residentBytes,
    accepted: countKinds(accepted),
    refused: actions.filter(({ state }) => state === 'refused').length,
    superseded: actions.filter(({ state }) => state === 'superseded').length,
    conflicts: conflicts(steps, accepted),
    medianReplicasEffectiveMs: median(
      sortSample(
        scaling.flatMap(({ acceptedAtMs, effectiveAtMs }) =>
          acceptedAtMs === null || effectiveAtMs === null ? [] : [effectiveAtMs - acceptedAtMs],
        ),
      ),
    ),
  };
}

function countKinds(actions: readonly Action[]): Readonly<Record<DecisionKind, number>> {
  const counts = decisionKinds.map((kind) => [kind, actions.filter(({ decision }) => decision.kind === kind).length]);
  // One entry for each kind there is.
  return Object.fromEntries(counts) as Record<DecisionKind, number>;
}

/** Steps that both resized and rescaled one service. An action is of the last step that began before it was wanted. */
function conflicts(steps: ControlLog['steps'], accepted: readonly Action[]): number {
  const kinds = new Map<string, { readonly step: number; isResized: boolean; isRescaled: boolean }>();
  for (const { wantedAtMs, decision } of accepted) {
    if (decision.kind === 'placement') continue;
    const step = steps.findLastIndex(({ atMs }) => atMs <= wantedAtMs);
    const key = `${step}/${decision.service}`;
    const of = kinds.get(key) ?? { step, isResized: false, isRescaled: false };
    if (decision.kind === 'replicas') of.isRescaled = true;
    else of.isResized = true;
    kinds.set(key, of);
  }
  const both = [...kinds.values()].filter(({ isResized, isRescaled }) => isResized && isRescaled);
  return new Set(both.map(({ step }) => step)).size;
}

/** What was done to the application in the measured part, by whoever scales it. Without a policy nothing was. */
export interface ActionCounts {
  /** Actions that took effect, or were on their way to it when the trial ended, by when they were accepted. */
  readonly actions: number;
  /**
   * Of these, those that turned back the one before them of the same service and field: more, then less, or the other way round. The one
   * before may lie in the warm-up.
   */
  readonly reversals: number;
}

/** Actions of the harness itself and of strangers are nobody's policy. */
const bystanders: ReadonlySet<Action['by']> = new Set(['harness', 'other']);

export function countActions(
  { warmupMs, trialMs }: Pick<Plan, 'warmupMs' | 'trialMs'>,
  allocation: Allocation,
  actions: readonly Action[],
): ActionCounts {
  const done = actions.filter((action) => isDone(action) && !bystanders.has(action.by));
  const isMeasured = ({ acceptedAtMs }: Action): boolean =>
    acceptedAtMs !== null && acceptedAtMs >= warmupMs && acceptedAtMs < trialMs;
  const last = new Map<string, 1 | -1>();
  let reversals = 0;
  for (const { action, field, direction } of directedActions(allocation, done)) {
    const key = `${field}/${action.decision.service}`;
    const before = last.get(key);
    if (before !== undefined && before !== direction && isMeasured(action)) reversals++;
    last.set(key, direction);
  }
  return { actions: done.filter(isMeasured).length, reversals };
}
