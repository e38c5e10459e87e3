import type { UnansweredQuantile } from '../../analysis/application-figure-data.ts';
import type { WaitSource } from '../../telemetry/sample.ts';
import { exactDuration } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';
import { named, plural } from '../wording.ts';

/** `6`, or `5 to 6` where arms have different numbers. */
export function countText(counts: readonly number[]): string {
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  return least === most ? `${most}` : `${least} to ${most}`;
}

/** Which part of a trial a number is about. */
export const measuredText = ({ warmupMs, trialMs }: Pick<Plan, 'warmupMs' | 'trialMs'>): string =>
  warmupMs === 0
    ? `all ${exactDuration(trialMs)} of a trial`
    : `the measured part of a trial, from ${exactDuration(warmupMs)} to ${exactDuration(trialMs)}`;

export const quantileWords = { p50: 'median', p99: 'p99' } as const;

/** Why the breakdown of a quantile is missing, or rests on fewer trials. */
export const unansweredTexts = (unanswered: readonly UnansweredQuantile[]): readonly string[] =>
  unanswered.map(
    ({ arm, quantile, trials }) =>
      `The ${quantileWords[quantile]} request of ${named(arm)} was not answered with success in ${plural(trials, 'trial')}, so that its latency is the time-out: ${trials === 1 ? 'that trial is' : 'those trials are'} left out of its breakdown.`,
  );

/** Why waits could not be drawn: because of their source, or because of what the trials recorded. */
export function missingWaits(source: WaitSource, ofSchedstat: string, ofTrials: string): string {
  if (source === 'none') return 'Not drawn: waits were not measured.';
  return `Not drawn: ${source === 'schedstat' ? ofSchedstat : ofTrials}`;
}
