import { HarnessError } from '../core/errors.ts';
import type { RunningLoad } from '../load/port.ts';
import type { Plan } from '../plan/plan.ts';
import type { TrialData } from '../store/trial-record.ts';
import { noEvidence, type TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { LiveTrial, Stage, TrialRequest } from '../testbed/port.ts';
import { PolicySession, type TrialPolicy } from './policy-session.ts';
import type { TrialLoad } from './trial-load.ts';

export interface TrialOutcome extends TrialData {
  readonly evidence: TrialEvidence;
}

export interface TrialOptions {
  /** What is sent to the application; null without one. */
  readonly load: TrialLoad | null;
  /** What scales it; null in an arm whose allocation stays as it is. */
  readonly policy: TrialPolicy | null;
  readonly onSample: (sample: Sample) => void;
}

/**
 * One trial, on any testbed. A tracer or a load generator that does not start is a measurement that broke down, like one that stops
 * later, and a policy that does not start an arm that did: the trial ends with what is known of it.
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
    const breakdown = breakdownOf(error, options);
    if (breakdown === null) throw error;
    return { evidence: { ...noEvidence, ...breakdown }, samples: [], requests: null, spans: [], control: null };
  }
}

function breakdownOf(error: unknown, { policy }: TrialOptions): Partial<TrialEvidence> | null {
  if (!(error instanceof HarnessError)) return null;
  const { code, message } = error;
  if (code === 'tracer-unavailable') return { tracerDeath: message };
  if (code === 'policy-failed' && policy !== null) {
    const { name } = policy.spec;
    return { policy: { name, failure: message, steps: 0, lateSteps: 0, cpuSeconds: null, residentBytes: null } };
  }
  return code === 'load-failed' ? { loadFailure: message } : null;
}

/** The policy is ready before the load and the trial's time begin, at one instant. */
async function driveTrial(
  plan: Plan,
  stage: Stage,
  request: TrialRequest,
  { load, policy, onSample }: TrialOptions,
  signal: AbortSignal,
): Promise<TrialOutcome> {
  const started = await stage.begin(request, signal);
  if ('evidence' in started) return { ...started, samples: [], requests: null, control: null };
  await using live = started;
  await using prepared = load === null ? null : await load.prepare(live, signal);
  await using session = policy === null ? null : await PolicySession.start(policy, live, signal);
  const running = (await prepared?.go(signal)) ?? null;
  const originMs = running?.originMs ?? null;
  await live.start(originMs, signal);
  session?.begin(originMs);
  const samples = await takeSamples(plan, { live, running, session }, onSample, signal);
  const control = (await session?.end()) ?? null;
  // Nobody waits for the rest of the load when the tracer or the policy is gone; it ends with the trial.
  const isCut = samples.some(({ waits }) => waits === null) || session?.over.aborted === true;
  const outcome = isCut ? null : ((await running?.finish(signal)) ?? null);
  const { evidence, spans } = await live.finish(signal);
  return {
    samples,
    requests: outcome?.log ?? null,
    spans,
    control: control?.log ?? null,
    evidence: { ...evidence, policy: control?.evidence ?? null, generator: outcome?.generator ?? null },
  };
}

interface Running {
  readonly live: LiveTrial;
  readonly running: RunningLoad | null;
  readonly session: PolicySession | null;
}

/** Advances to the next sample and takes it, until the end or until the tracer or the policy is gone. */
async function takeSamples(
  { sampleMs, trialMs }: Plan,
  { live, running, session }: Running,
  onSample: TrialOptions['onSample'],
  signal: AbortSignal,
): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const over = session?.over;
  const awake = over === undefined ? signal : AbortSignal.any([signal, over]);
  for (let due = sampleMs; due <= trialMs; due += sampleMs) {
    try {
      await live.clock.advanceTo(due, awake);
    } catch (error) {
      if (signal.aborted || over?.aborted !== true) throw error;
      break;
    }
    const taken = await live.sample(signal);
    // Reading the services takes its time: the load's part of the sample ends with the others'.
    const sample = { ...taken, load: (await running?.reading(taken.atMs)) ?? null };
    samples.push(sample);
    onSample(sample);
    // The trial is invalid already: the time is better spent on its repeat.
    if (sample.waits === null) break;
    // After the last sample there is nothing left to decide about.
    if (due < trialMs) await session?.take(sample, due);
    if (over?.aborted === true) break;
  }
  return samples;
}
