import type { Plan } from '../plan/plan.ts';
import { scriptedChanges, type ScriptedChange } from '../plan/scripted-changes.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import { allocationOf, directedActions, isAccepted, type DirectedAction } from './action-directions.ts';
import type { LatencyBins } from './measure-violations.ts';
import type { Reaction } from './summary.ts';

/** The objective was met for so long, before time compression (policies.md 11.4): then an arm has recovered. */
export const recoveredForSeconds = 30;

/**
 * How a trial answered to each scripted change of its load in the measured part. What happens after the next change answers to that one.
 */
export function measureReactions(
  plan: Plan,
  { record, control }: Pick<RecordedTrial, 'record' | 'control'>,
  bins: LatencyBins,
): readonly Reaction[] {
  const rate = plan.loads.find(({ name }) => name === record.load)?.rate;
  if (rate === undefined || plan.application === null) return [];
  const changes = scriptedChanges(rate, plan.timeCompression);
  const directed = directedActions(allocationOf(plan, record.arm), (control?.actions ?? []).filter(isAccepted));
  const { sloMs } = plan.application;
  return changes.flatMap((change, index): Reaction[] => {
    if (change.atMs < plan.warmupMs || change.atMs >= plan.trialMs) return [];
    const endMs = Math.min(plan.trialMs, changes[index + 1]?.atMs ?? Infinity);
    const recoverSeconds = secondsToRecover([change.atMs, endMs], bins, {
      sloMs,
      timeCompression: plan.timeCompression,
    });
    return [{ ...change, ...answerTo(change, directed, endMs), recoverSeconds }];
  });
}

function answerTo(
  { atMs, fromPerSecond, toPerSecond }: ScriptedChange,
  directed: readonly DirectedAction[],
  endMs: number,
): Pick<Reaction, 'detectSeconds' | 'actSeconds'> {
  const answers = directed.filter(
    ({ action: { wantedAtMs }, direction }) =>
      wantedAtMs >= atMs && wantedAtMs < endMs && direction === Math.sign(toPerSecond - fromPerSecond),
  );
  return {
    detectSeconds: secondsUntilFirst(
      answers.map(({ action }) => action.wantedAtMs),
      atMs,
    ),
    actSeconds: secondsUntilFirst(
      answers.flatMap(({ action }) => action.effectiveAtMs ?? []),
      atMs,
    ),
  };
}

const secondsUntilFirst = (instants: readonly number[], atMs: number): number | null =>
  instants.length === 0 ? null : (instants.reduce((first, one) => Math.min(first, one)) - atMs) / 1000;

/**
 * To the first bin from which on the objective was met long enough, in whole bins before the next change or the end. A bin in which
 * nothing was due misses nothing. The bin into which the change falls is looked at whole.
 */
function secondsToRecover(
  [atMs, endMs]: readonly [number, number],
  { fromMs, binMs, p99Ms }: LatencyBins,
  { sloMs, timeCompression }: { readonly sloMs: number; readonly timeCompression: number },
): number | null {
  const first = Math.floor((atMs - fromMs) / binMs);
  const isMet = p99Ms
    .slice(first, Math.max(first + 1, Math.floor((endMs - fromMs) / binMs)))
    .map((p99) => (p99 ?? 0) <= sloMs);
  if (isMet.every(Boolean)) return 0;
  const needed = Math.max(1, Math.ceil((recoveredForSeconds * 1000) / timeCompression / binMs));
  let run = 0;
  for (const [bin, met] of isMet.entries()) {
    run = met ? run + 1 : 0;
    if (run === needed) return Math.max(0, fromMs + (first + bin + 1 - needed) * binMs - atMs) / 1000;
  }
  return null;
}
