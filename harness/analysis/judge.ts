import { formatDuration, formatShare } from '../core/units.ts';
import type { Plan } from '../plan/plan.ts';
import type { InvalidReason, Verdict } from '../store/verdict.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import { isMeasured } from './measured-part.ts';

/**
 * The verdict of a trial: a pure function of what was recorded (design 4.6). Invalid is only what the arm cannot influence; it
 * comes before failed, because a broken measurement cannot witness a breakdown.
 */
export function judge(plan: Plan, samples: readonly Sample[], evidence: TrialEvidence): Verdict {
  const reasons = [
    ...tracerLoss(samples, evidence),
    ...observationGaps(plan, samples, evidence),
    ...clockJumps(plan, samples),
    ...stolenTime(plan, samples),
    ...interference(evidence),
  ];
  if (reasons.length > 0) return { kind: 'invalid', reasons };
  const { disturbance } = evidence;
  if (disturbance !== null && disturbance.started < disturbance.wanted) {
    const text = `${disturbance.program} started ${disturbance.started} of ${disturbance.wanted} threads`;
    return { kind: 'failed', code: 'start-failed', text };
  }
  return { kind: 'valid' };
}

function tracerLoss(samples: readonly Sample[], evidence: TrialEvidence): InvalidReason[] {
  if (evidence.tracerDeath !== null) return [{ code: 'tracer-lost', text: evidence.tracerDeath }];
  const lost = samples.reduce((sum, { tracer }) => sum + (tracer?.lost ?? 0), 0);
  return lost === 0 ? [] : [{ code: 'tracer-lost', text: `the tracer lost ${lost} events, allowed are 0` }];
}

function observationGaps(plan: Plan, samples: readonly Sample[], evidence: TrialEvidence): InvalidReason[] {
  // The dead tracer is the reason then, and every missing sample its consequence.
  if (evidence.tracerDeath !== null) return [];
  const expected = Math.floor(plan.trialMs / plan.sampleMs);
  const missing = expected - samples.filter(({ waits }) => waits !== null).length;
  const latestMs = Math.max(0, ...samples.map(({ intervalMs }) => intervalMs - plan.sampleMs));
  const allowedMs = plan.limits.observationGapMs;
  return [
    ...(missing > 0
      ? [{ code: 'observation-gap', text: `${missing} of ${expected} samples are missing` } as const]
      : []),
    ...(latestMs > allowedMs
      ? [
          {
            code: 'observation-gap',
            text: `a sample came ${formatDuration(latestMs)} late, at most ${formatDuration(allowedMs)}`,
          } as const,
        ]
      : []),
  ];
}

function clockJumps(plan: Plan, samples: readonly Sample[]): InvalidReason[] {
  const offsets = [0, ...samples.map(({ clockOffsetMs }) => clockOffsetMs)];
  const jumpMs = Math.max(...offsets.slice(1).map((offset, index) => Math.abs(offset - (offsets[index] ?? 0))), 0);
  const allowedMs = plan.limits.clockJumpMs;
  if (jumpMs <= allowedMs) return [];
  return [{ code: 'clock-jump', text: `the wall clock jumped by ${jumpMs.toFixed(1)} ms, at most ${allowedMs} ms` }];
}

function stolenTime(plan: Plan, samples: readonly Sample[]): InvalidReason[] {
  const share = stolenShare(samples.filter((sample) => isMeasured(plan, sample)));
  if (share === null || share <= plan.limits.stolenShare) return [];
  const text = `${formatShare(share)} of CPU time was stolen, at most ${formatShare(plan.limits.stolenShare)}`;
  return [{ code: 'cpu-stolen', text }];
}

/** Stolen CPU time as a share of all there was; null if the machine does not say. */
export function stolenShare(samples: readonly Sample[]): number | null {
  const hosts = samples.flatMap(({ host }) => (host === null ? [] : [host]));
  const capacity = hosts.reduce((sum, { capacitySeconds }) => sum + capacitySeconds, 0);
  return capacity === 0 ? null : hosts.reduce((sum, { stolenSeconds }) => sum + stolenSeconds, 0) / capacity;
}

function interference({ canary, disturbance }: TrialEvidence): InvalidReason[] {
  const reasons: InvalidReason[] = [];
  if (canary?.alive === false) reasons.push({ code: 'interfered', text: 'something outside ended the canary' });
  if (disturbance !== null && disturbance.alive < disturbance.started) {
    const text = `something outside ended ${disturbance.started - disturbance.alive} threads of ${disturbance.program}`;
    reasons.push({ code: 'interfered', text });
  }
  return reasons;
}
