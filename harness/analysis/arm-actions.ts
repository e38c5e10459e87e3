import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { Action } from '../telemetry/action.ts';
import { allocationOf, directedActions, isAccepted } from './action-directions.ts';
import type { ActionMark, Refusal } from './application-figure-data.ts';
import { stepOf, timeSteps } from './time-steps.ts';

/** Steps of a strip of actions: marks that can still be told apart side by side. */
const mostSteps = 120;

/** What was done to the services of an arm and when, at the instant at which it was wanted; in the order of time. */
export function armActions(plan: Plan, arm: string, trials: readonly RecordedTrial[]): readonly ActionMark[] {
  const allocation = allocationOf(plan, arm);
  const steps = timeSteps(plan, mostSteps);
  const marks = new Map<string, ActionMark>();
  for (const { record, control } of trials) {
    const actions = (control?.actions ?? []).filter(isTold);
    const directions = new Map(
      directedActions(allocation, actions.filter(isAccepted)).map(({ action, direction }) => [action, direction]),
    );
    for (const action of actions) {
      const step = stepOf(steps, action.wantedAtMs);
      if (step === null) continue;
      const { service, kind } = action.decision;
      const state = action.state === 'refused' ? 'refused' : 'accepted';
      const direction = directionWords[directions.get(action) ?? 0];
      // Only the last of these may be any text.
      const key = `${step}/${kind}/${direction}/${state}/${record.load ?? ''}/${service}`;
      marks.set(key, {
        ...{ arm, load: record.load, service, kind, direction, isRefused: state === 'refused' },
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

/** Reasons that a table has room for. */
const mostRefusals = 20;

/** What an arm was refused. A policy may ask for anything, so texts are as many as it likes. */
export function armRefusals(arm: string, trials: readonly RecordedTrial[]): readonly Refusal[] {
  const refusals = new Map<string, Refusal>();
  for (const { decision, state, note } of trials.flatMap(({ control }) => control?.actions ?? [])) {
    if (state !== 'refused') continue;
    const { service, kind } = decision;
    const reason = note ?? 'no reason told';
    const key = JSON.stringify([service, kind, reason]);
    refusals.set(key, { arm, service, kind, reason, count: (refusals.get(key)?.count ?? 0) + 1 });
  }
  return [...refusals.values()].sort((a, b) => b.count - a.count).slice(0, mostRefusals);
}
