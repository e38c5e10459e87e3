import { plural } from '../core/plural.ts';
import { formatNumber } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import type { TrialData } from '../store/trial-record.ts';
import type { InvalidReason, Verdict } from '../store/verdict.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import { measureLoad, objectiveOf } from './measure-load.ts';
import { isMeasured } from './measured-part.ts';

/**
 * The verdict of a trial: a pure function of what was recorded (design 4.6). Invalid is only what the arm cannot influence; it
 * comes before failed, because a broken measurement cannot witness a breakdown.
 */
export function judge(
  plan: Plan,
  { samples, requests }: Pick<TrialData, 'samples' | 'requests'>,
  evidence: TrialEvidence,
): Verdict {
  const { loadFailure } = evidence;
  // Everything that is missing is its consequence.
  if (loadFailure !== null) return { kind: 'invalid', reasons: [{ code: 'generator-lost', text: loadFailure }] };
  const startFailure = evidence.application?.startFailure ?? null;
  const policyFailure = evidence.policy?.failure ?? null;
  // Of an application that did not start, and after its policy had failed, nothing more was measured: so nothing can be missing.
  const wasCut = startFailure !== null || policyFailure !== null;
  const reasons = [
    ...tracerLoss(samples, evidence),
    ...(wasCut ? [] : observationGaps(plan, samples, evidence)),
    ...clockJumps(plan, samples),
    ...stolenTime(plan, samples),
    ...interference(evidence),
    ...(wasCut && evidence.generator === null ? [] : generatorFailures(plan, { samples, requests }, evidence)),
  ];
  if (reasons.length > 0) return { kind: 'invalid', reasons };
  if (startFailure !== null) return { kind: 'failed', code: 'start-failed', text: startFailure };
  if (policyFailure !== null) return { kind: 'failed', code: 'policy-failed', text: policyFailure };
  const { disturbance } = evidence;
  if (disturbance !== null && disturbance.started < disturbance.wanted) {
    const text = `${disturbance.program} started ${disturbance.started} of ${plural(disturbance.wanted, 'thread')}`;
    return { kind: 'failed', code: 'start-failed', text };
  }
  return { kind: 'valid' };
}

function tracerLoss(samples: readonly Sample[], evidence: TrialEvidence): InvalidReason[] {
  if (evidence.tracerDeath !== null) return [{ code: 'tracer-lost', text: evidence.tracerDeath }];
  const lost = samples.reduce((sum, { tracer }) => sum + (tracer?.lost ?? 0), 0);
  return lost === 0 ? [] : [{ code: 'tracer-lost', text: `the tracer lost ${plural(lost, 'event')}, at most 0` }];
}

function observationGaps(plan: Plan, samples: readonly Sample[], evidence: TrialEvidence): InvalidReason[] {
  // The dead tracer is the reason then, and every missing sample its consequence.
  if (evidence.tracerDeath !== null) return [];
  const expected = Math.floor(plan.trialMs / plan.sampleMs);
  const missing = expected - samples.filter(({ waits, source }) => waits !== null || source === 'none').length;
  const latestMs = Math.max(0, ...samples.map(({ intervalMs }) => intervalMs - plan.sampleMs));
  const allowedMs = plan.limits.observationGapMs;
  const reasons: InvalidReason[] = [];
  if (missing > 0)
    reasons.push({ code: 'observation-gap', text: `${missing} of ${expected} samples missing, at most 0` });
  if (latestMs > allowedMs) {
    reasons.push({ code: 'observation-gap', text: `a sample late by ${excess(latestMs, allowedMs, 'ms')}` });
  }
  return reasons;
}

function clockJumps(plan: Plan, samples: readonly Sample[]): InvalidReason[] {
  const offsets = [0, ...samples.map(({ clockOffsetMs }) => clockOffsetMs)];
  const jumpMs = Math.max(...offsets.slice(1).map((offset, index) => Math.abs(offset - (offsets[index] ?? 0))), 0);
  const allowedMs = plan.limits.clockJumpMs;
  if (jumpMs <= allowedMs) return [];
  return [{ code: 'clock-jump', text: `the wall clock jumped by ${excess(jumpMs, allowedMs, 'ms')}` }];
}

function stolenTime(plan: Plan, samples: readonly Sample[]): InvalidReason[] {
  const share = stolenShare(samples.filter((sample) => isMeasured(plan, sample)));
  if (share === null || share <= plan.limits.stolenShare) return [];
  return [
    { code: 'cpu-stolen', text: `CPU time stolen ${excess(percent(share), percent(plan.limits.stolenShare), '%')}` },
  ];
}

/** Stolen CPU time as a share of all there was; null if the machine does not say. */
export function stolenShare(samples: readonly Sample[]): number | null {
  const hosts = samples.flatMap(({ host }) => (host === null ? [] : [host]));
  const capacity = hosts.reduce((sum, { capacitySeconds }) => sum + capacitySeconds, 0);
  return capacity === 0 ? null : hosts.reduce((sum, { stolenSeconds }) => sum + stolenSeconds, 0) / capacity;
}

/** Events of replicas that are no arm's doing. */
const fromOutside: ReadonlySet<string> = new Set(['killed-from-outside', 'crashed']);

function interference({ canary, disturbance, application }: TrialEvidence): InvalidReason[] {
  const reasons: InvalidReason[] = (application?.events ?? [])
    .filter(({ type }) => fromOutside.has(type))
    .map(({ replica, text }) => ({ code: 'interfered', text: `${replica} ${text}` }));
  if (canary?.alive === false) reasons.push({ code: 'interfered', text: 'something outside ended the canary' });
  if (disturbance !== null && disturbance.alive < disturbance.started) {
    const ended = plural(disturbance.started - disturbance.alive, 'thread');
    const text = `something outside ended ${ended} of ${disturbance.program}`;
    reasons.push({ code: 'interfered', text });
  }
  return reasons;
}

/** Send instants may be late by at most the smaller of 5 ms and 5 % of the objective, unless the profile says otherwise. */
export function latenessLimitMs({ limits, application }: Pick<Plan, 'limits' | 'application'>): number {
  return limits.latenessP99Ms ?? Math.min(5, withoutDust(0.05 * (application?.sloMs ?? Infinity)));
}

/** What the generator could not do for reasons of its own. A request held back for want of answers is the application's. */
function generatorFailures(
  plan: Plan,
  { samples, requests: log }: Pick<TrialData, 'samples' | 'requests'>,
  { generator, tracerDeath }: TrialEvidence,
): InvalidReason[] {
  const { application, limits } = plan;
  if (application === null) return [];
  if (generator === null || log === null) {
    // Without a tracer the trial may have ended before anything was sent.
    return tracerDeath === null ? [{ code: 'generator-lost', text: 'nothing is known of the load generator' }] : [];
  }
  const reasons: InvalidReason[] = [];
  if (generator.death !== null) reasons.push({ code: 'generator-lost', text: generator.death });
  const load = measureLoad(plan, { samples, requests: log }, generator, objectiveOf(application));
  const notSent = load.offered === 0 ? 0 : load.notSentGenerator / load.offered;
  if (notSent > limits.notSentShare) {
    const text = `requests that the load generator did not send ${excess(percent(notSent), percent(limits.notSentShare), '%')}`;
    reasons.push({ code: 'generator-short', text });
  }
  const latenessMs = load.latenessP99Ms ?? 0;
  const mostMs = latenessLimitMs(plan);
  if (latenessMs > mostMs) {
    const text = `p99 of the lateness of the load generator ${excess(latenessMs, mostMs, 'ms')}`;
    reasons.push({ code: 'generator-late', text });
  }
  const cpu = load.generatorCpuShare;
  if (cpu === null) {
    // One that cannot be held to its limit cannot be believed. If it died, that is said already.
    const text = 'the CPU time of the load generator is not known';
    if (generator.death === null) reasons.push({ code: 'generator-lost', text });
  } else if (cpu > limits.generatorCpuShare) {
    const text = `CPU of the load generator ${excess(percent(cpu), percent(limits.generatorCpuShare), '%')}`;
    reasons.push({ code: 'generator-busy', text });
  }
  return reasons;
}

/** `3.10 %, at most 2 %`. The limit is shown as it was set; a value that would look like it is just over it. */
function excess(value: number, limit: number, unit: string): string {
  const text = formatNumber(value) === formatNumber(limit) ? `just over ${limit}` : formatNumber(value);
  return `${text} ${unit}, at most ${limit} ${unit}`;
}

const percent = (share: number): number => withoutDust(100 * share);

/** Without what multiplying adds: 0.07 is 7 % and not 7.000000000000001 %. */
const withoutDust = (value: number): number => Number(value.toPrecision(12));
