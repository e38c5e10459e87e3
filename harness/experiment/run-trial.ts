import { HarnessError } from '../core/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { LiveTrial, Stage, TrialRequest } from '../testbed/port.ts';

export interface TrialOutcome {
  readonly samples: readonly Sample[];
  readonly evidence: TrialEvidence;
}

/** One trial, on any testbed: advance to the next sample, take it, until the end or until the tracer is gone. */
export async function runTrial(
  plan: Plan,
  stage: Stage,
  request: TrialRequest,
  onSample: (sample: Sample) => void,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const started = await begin(stage, request, signal);
  if ('samples' in started) return started;
  await using live = started;
  const samples: Sample[] = [];
  for (let due = plan.sampleMs; due <= plan.trialMs; due += plan.sampleMs) {
    await live.clock.advanceTo(due, signal);
    const sample = await live.sample(signal);
    samples.push(sample);
    onSample(sample);
    // The trial is invalid already: the time is better spent on its repeat.
    if (sample.waits === null) break;
  }
  return { samples, evidence: await live.finish(signal) };
}

/** A tracer that does not start is a measurement that broke down, like one that stops later. */
async function begin(stage: Stage, request: TrialRequest, signal: AbortSignal): Promise<LiveTrial | TrialOutcome> {
  try {
    return await stage.begin(request, signal);
  } catch (error) {
    if (!(error instanceof HarnessError) || error.code !== 'tracer-unavailable') throw error;
    const nothing = { disturbance: null, canary: null, kernelNsPerEvent: null };
    return { samples: [], evidence: { tracerDeath: error.message, ...nothing } };
  }
}
