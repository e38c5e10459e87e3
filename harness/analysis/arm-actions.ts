import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { Action } from '../telemetry/action.ts';
import { directedActions, isAccepted } from './action-directions.ts';
import type { ActionMark } from './application-figure-data.ts';
import { stepOf, timeSteps } from './time-steps.ts';

/** Steps of a strip of actions: marks that can still be told apart side by side. */
const mostSteps = 120;

/** What was done to the services of an arm and when, at the instant at which it was wanted; in the order of time. */
export function armActions(plan: Plan, arm: string, trials: readonly RecordedTrial[]): readonly ActionMark[] {
  const allocation = plan.arms.find(({ name }) => name === arm)?.allocation ?? {};
  const steps = timeSteps(plan, mostSteps);
  const marks = new Map<string, ActionMark>();
  for (const { record, control } of trials) {
    const actions = (control?.actions ?? []).filter(isTold);
    const directions = new Map(
      directedActions(allocation, actions).map(({ action, direction }) => [action, direction]),
    );
    for (const action of actions) {
      const step = stepOf(steps, action.wantedAtMs);
      if (step === null) continue;
      const { service, kind } = action.decision;
      const isRefused = action.state === 'refused';
      const direction = directionWords[directions.get(action) ?? 0];
      const key = JSON.stringify([record.load, service, kind, direction, isRefused, step]);
      marks.set(key, {
        ...{ arm, load: record.load, service, kind, direction, isRefused },
        ...{ fromMs: step * steps.stepMs, toMs: (step + 1) * steps.stepMs },
        count: (marks.get(key)?.count ?? 0) + 1,
      });
    }
  }
  return [...marks.values()].sort((a, b) => a.fromMs - b.fromMs);
}

const directionWords = { '1': 'more', '-1': 'less', '0': 'none' } as const;

/** What was asked for and was so already is nothing to tell. */
export const isTold = (action: Action): boolean => isAccepted(action) || action.state === 'refused';
