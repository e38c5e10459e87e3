import { HarnessError } from '../core/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { TrialData } from '../store/trial-record.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { LiveTrial, Stage, TrialFindings, TrialRequest } from '../testbed/port.ts';
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
 * One trial, on any testbed: the load and the trial's time begin at one instant, then advance to the next sample and take it, until the
 * end or until the tracer is gone.
 */
export async function runTrial(
  plan: Plan,
  stage: Stage,
  request: TrialRequest,
  { load, onSample }: TrialOptions,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const started = await begin(stage, request, signal);
  if ('evidence' in started) return { ...started, samples: [], requests: null };
  await using live = started;
  await using prepared = load === null ? null : await load.prepare(live, signal);
  const running = (await prepared?.go(signal)) ?? null;
  await live.start(running?.originMs ?? null, signal);
  const samples: Sample[] = [];
  for (let due = plan.sampleMs; due <= plan.trialMs; due += plan.sampleMs) {
    await live.clock.advanceTo(due, signal);
    const sample = { ...(await live.sample(signal)), load: (await running?.reading()) ?? null };
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
    evidence: { ...evidence, generator: outcome?.generator ?? null },
  };
}

/** A tracer that does not start is a measurement that broke down, like one that stops later. */
async function begin(stage: Stage, request: TrialRequest, signal: AbortSignal): Promise<LiveTrial | TrialFindings> {
  try {
    return await stage.begin(request, signal);
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'tracer-unavailable') throw error;
    const nothing = { disturbance: null, canary: null, kernelNsPerEvent: null, application: null, generator: null };
    return { evidence: { tracerDeath: error.message, ...nothing }, spans: [] };
  }
}
