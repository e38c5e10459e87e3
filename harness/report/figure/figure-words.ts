import { exactDuration } from '../../core/units.ts';
import type { Plan } from '../../plan/plan.ts';

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
