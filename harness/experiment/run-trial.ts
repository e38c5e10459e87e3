import { HarnessError } from '../core/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { TrialData } from '../store/trial-record.ts';
import { noEvidence, type TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { Stage, TrialRequest } from '../testbed/port.ts';
import type { TrialLoad } from './trial-load.ts';

export interface TrialOutcome extends TrialData {
  readonly evidence: TrialEvidence;
}

export interface TrialOptions {
  /** What is sent to the application; null without one. */
  readonly load: TrialLoad | null;
  readonly onSample: (sample: Sample) => void;
}

/**
 * One trial, on any testbed. A tracer or a load generator that does not start is a measurement that broke down, like one that stops
 * later: the trial ends with what is known of it.
 */
export async function runTrial(
  plan: Plan,
  stage: Stage,
  request: TrialRequest,
  options: TrialOptions,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  try {
    return await driveTrial(plan, stage, request, options, signal);
  } catch (error) {
    const breakdown = breakdownOf(error);
    if (breakdown === null) throw error;
    return { evidence: { ...noEvidence, ...breakdown }, samples: [], requests: null, spans: [], control: null };
  }
}

function breakdownOf(error: unknown): Partial<TrialEvidence> | null {
  if (!(error instanceof HarnessError)) return null;
  if (error.code === 'tracer-unavailable') return { tracerDeath: error.message };
  return error.code === 'load-failed' ? { loadFailure: error.message } : null;
}

/**
 * The load and the trial's time begin at one instant, then it advances to the next sample and takes it, until the end or until the tracer
 * is gone.
 */
async function driveTrial(
  plan: Plan,
  stage: Stage,
  request: TrialRequest,
  { load, onSample }: TrialOptions,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const started = await stage.begin(request, signal);
  if ('evidence' in started) return { ...started, samples: [], requests: null, control: null };
  await using live = started;
  await using prepared = load === null ? null : await load.prepare(live, signal);
  const running = (await prepared?.go(signal)) ?? null;
  await live.start(running?.originMs ?? null, signal);
  const samples: Sample[] = [];
  for (let due = plan.sampleMs; due <= plan.trialMs; due += plan.sampleMs) {
    await live.clock.advanceTo(due, signal);
    const taken = await live.sample(signal);
    // Reading the services takes its time: the load's part of the sample ends with the others'.
    const sample = { ...taken, load: (await running?.reading(taken.atMs)) ?? null };
    samples.push(sample);
    onSample(sample);
    // The trial is invalid already: the time is better spent on its repeat.
    if (sample.waits === null) break;
  }
  // Without the tracer nobody waits for the rest of the load; it ends with the trial.
  const isCut = samples.some(({ waits }) => waits === null);
  const outcome = isCut ? null : ((await running?.finish(signal)) ?? null);
  const { evidence, spans } = await live.finish(signal);
  return {
    samples,
    requests: outcome?.log ?? null,
    spans,
    control: null,
    evidence: { ...evidence, generator: outcome?.generator ?? null },
  };
}
