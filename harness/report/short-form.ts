import { exactDuration, formatDuration } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import type { SummaryWarning } from '../analysis/summary.ts';
import { formatCount } from './wording.ts';

/** What an experiment in compressed time cannot show; null in real time, and without an application, whose time it is. */
export function shortForm({ name, application, timeCompression, trialMs, arms }: Plan): SummaryWarning | null {
  if (application === null || timeCompression === 1) return null;
  const times = formatCount(timeCompression);
  const isControlled = arms.some(({ policy }) => policy !== null);
  const policies = isControlled
    ? ` A policy decides on ${times} times fewer requests than in real time, so what it sees is noisier; and the period of a CPU limit, which is not compressed, takes a part of its intervals that is ${times} times larger.`
    : '';
  return {
    code: 'short-form',
    text: `Time is compressed ${times} times: a trial of ${exactDuration(trialMs)} stands for ${formatDuration(trialMs * timeCompression)}. Intervals, windows, start-up and changes of the load are divided by ${times}, while rates, latencies and the objective are as they were.${policies} What takes longer than a trial, such as caches that fill and days that pass, cannot show.`,
    hint: `Believe a difference once a profile with longer trials and a smaller \`timeCompression\` shows it too${longForm(name)}.`,
  };
}

/** The quick start is for who does not know the other profiles yet. */
const longForm = (name: string): string =>
  name === 'quick' ? '; the long form of this one is profiles/showar-vs-hpa.yaml' : '';
