import type { Plan } from '../plan/plan.ts';
import { quantile, sortSample } from '../statistics/quantile.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../telemetry/request-log.ts';
import type { GeneratorEvidence } from '../telemetry/evidence.ts';
import type { LoadMetrics } from './summary.ts';

/** Indices of the requests that were due in the measured part of the trial. */
export function measuredRequests({ warmupMs, trialMs }: Pick<Plan, 'warmupMs' | 'trialMs'>, log: RequestLog): number[] {
  const measured: number[] = [];
  log.dueMs.forEach((dueMs, index) => {
    if (dueMs >= warmupMs && dueMs < trialMs) measured.push(index);
  });
  return measured;
}

export function outcomeOf(log: RequestLog, index: number): RequestOutcome {
  return requestOutcomes[log.outcome[index] ?? 0] ?? 'unfinished';
}

/** Latency from the due instant of what was answered with success; null for everything else. */
export function latencyMs(log: RequestLog, index: number): number | null {
  if (outcomeOf(log, index) !== 'ok') return null;
  return (log.doneMs[index] ?? NaN) - (log.dueMs[index] ?? NaN);
}

const failures: ReadonlySet<RequestOutcome> = new Set(['error-status', 'timed-out', 'connection-failed', 'unfinished']);

/** What the load asked and got, and how well it was sent. */
export function measureLoad(plan: Plan, log: RequestLog, generator: GeneratorEvidence, sloMs: number): LoadMetrics {
  const measured = measuredRequests(plan, log);
  const outcomes = measured.map((index) => outcomeOf(log, index));
  const count = (isIt: (outcome: RequestOutcome) => boolean): number => outcomes.filter(isIt).length;
  const latencies = measured.flatMap((index) => latencyMs(log, index) ?? []);
  const sorted = sortSample(latencies);
  const lateness = sortSample(
    measured.flatMap((index) => {
      const sentMs = log.sentMs[index] ?? NaN;
      return Number.isNaN(sentMs) ? [] : [sentMs - (log.dueMs[index] ?? NaN)];
    }),
  );
  const offered = measured.length;
  const inTime = latencies.filter((latency) => latency <= sloMs).length;
  return {
    offered,
    completed: latencies.length,
    failed: count((outcome) => failures.has(outcome)),
    timedOut: count((outcome) => outcome === 'timed-out'),
    notSentInFlight: count((outcome) => outcome === 'not-sent-in-flight'),
    notSentGenerator: count((outcome) => outcome === 'not-sent-generator'),
    latencySeconds: {
      p50: seconds(quantile(sorted, 0.5)),
      p95: seconds(quantile(sorted, 0.95)),
      p99: seconds(quantile(sorted, 0.99)),
      mean: latencies.length === 0 ? null : latencies.reduce((sum, one) => sum + one, 0) / latencies.length / 1000,
    },
    violationShare: offered === 0 ? null : (offered - inTime) / offered,
    latenessP50Ms: quantile(lateness, 0.5),
    latenessP99Ms: quantile(lateness, 0.99),
    latenessMaxMs: lateness[lateness.length - 1] ?? null,
    generatorCpuShare: generator.cpuCores === null ? null : generator.cpuCores / generator.capacityCores,
  };
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
