import type { Plan } from '../plan/plan.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { RequestLog, RequestOutcome } from '../telemetry/request-log.ts';
import type { LoadPoint } from './application-figure-data.ts';
import { outcomeOf } from './measure-load.ts';
import { latencyExceededBy, numbersOf } from './request-numbers.ts';
import { spreadOf } from './spread.ts';
import { stepOf, timeSteps, type TimeSteps } from './time-steps.ts';

/** Steps of a line: about as many as a panel has pixels. */
const mostSteps = 300;

/** What the load of the trials of one arm asked for and got, over the course of a trial. */
export function loadOverTime(plan: Plan, arm: string, trials: readonly RecordedTrial[]): readonly LoadPoint[] {
  const steps = timeSteps(plan, mostSteps);
  const ofTrials = trials.flatMap(({ requests }) => (requests === null ? [] : [countSteps(requests, steps)]));
  if (ofTrials.length === 0) return [];
  return Array.from({ length: steps.count }, (_, step): LoadPoint | null => {
    const counts = ofTrials.flatMap((trial) => trial[step] ?? []);
    const perSecond = (count: number): number => (count * 1000) / steps.stepMs;
    const mean = (of: (count: StepCounts) => number): number =>
      perSecond(counts.reduce((sum, count) => sum + of(count), 0) / counts.length);
    const offered = spreadOf(counts.map((count) => perSecond(count.offered)));
    const completed = spreadOf(counts.map((count) => perSecond(count.completed)));
    if (offered === null || completed === null) return null;
    return {
      ...{ arm, fromMs: step * steps.stepMs, toMs: (step + 1) * steps.stepMs, offered, completed },
      ...{ failed: mean(({ failed }) => failed), notSent: mean(({ notSent }) => notSent) },
      p95Ms: spreadOf(counts.map(({ p95Ms }) => p95Ms)),
    };
  }).filter((point) => point !== null);
}

interface StepCounts {
  readonly offered: number;
  readonly completed: number;
  readonly failed: number;
  readonly notSent: number;
  readonly p95Ms: number | null;
}

function countSteps(log: RequestLog, steps: TimeSteps): readonly StepCounts[] {
  const due = Array.from({ length: steps.count }, (): number[] => []);
  const ended = Array.from({ length: steps.count }, () => ({ completed: 0, failed: 0, notSent: 0 }));
  log.dueMs.forEach((dueMs, request) => {
    const doneMs = log.doneMs[request] ?? NaN;
    const dueStep = stepOf(steps, dueMs);
    if (dueStep !== null) due[dueStep]?.push(request);
    const kind = endOf[outcomeOf(log, request)];
    // What has no end is counted where it began.
    const endStep = stepOf(steps, kind === 'notSent' || Number.isNaN(doneMs) ? dueMs : doneMs);
    const counts = endStep === null ? undefined : ended[endStep];
    if (counts !== undefined) counts[kind] += 1;
  });
  return due.map((requests, step) => ({
    offered: requests.length,
    ...(ended[step] ?? { completed: 0, failed: 0, notSent: 0 }),
    p95Ms: latencyExceededBy(numbersOf(log, requests), 0.05),
  }));
}

const endOf: Readonly<Record<RequestOutcome, 'completed' | 'failed' | 'notSent'>> = {
  ok: 'completed',
  'error-status': 'failed',
  'timed-out': 'failed',
  'connection-failed': 'failed',
  unfinished: 'failed',
  'not-sent-in-flight': 'notSent',
  'not-sent-generator': 'notSent',
};
