import type { ApplicationSpec, Plan } from '../plan/plan.ts';
import { quantile, sortSample } from '../statistics/quantile.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../telemetry/request-log.ts';
import type { GeneratorEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import { isMeasured } from './measured-part.ts';
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

/**
 * What every quantile and mean of latency is taken of. A request that was not answered with success took the whole time-out: of the
 * answers alone, an arm that sheds its load would have the best of latencies.
 */
export function countedLatencies(log: RequestLog, requests: readonly number[], timeoutMs: number): readonly number[] {
  return requests.map((index) => latencyMs(log, index) ?? timeoutMs);
}

const failures: ReadonlySet<RequestOutcome> = new Set(['error-status', 'timed-out', 'connection-failed', 'unfinished']);

/** What an answer is measured by. */
export interface Objective {
  readonly sloMs: number;
  readonly timeoutMs: number;
}

export const objectiveOf = ({ sloMs, driver: { timeoutMs } }: ApplicationSpec): Objective => ({ sloMs, timeoutMs });

/** What the load asked and got, and how well it was sent. */
export function measureLoad(
  plan: Plan,
  { samples, requests: log }: { readonly samples: readonly Sample[]; readonly requests: RequestLog },
  generator: GeneratorEvidence,
  { sloMs, timeoutMs }: Objective,
): LoadMetrics {
  const measured = measuredRequests(plan, log);
  const outcomes = measured.map((index) => outcomeOf(log, index));
  const count = (isIt: (outcome: RequestOutcome) => boolean): number => outcomes.filter(isIt).length;
  const latencies = measured.flatMap((index) => latencyMs(log, index) ?? []);
  const offeredLatencies = countedLatencies(log, measured, timeoutMs);
  const sorted = sortSample(offeredLatencies);
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
      mean: offered === 0 ? null : offeredLatencies.reduce((sum, one) => sum + one, 0) / offered / 1000,
    },
    violationShare: offered === 0 ? null : (offered - inTime) / offered,
    latenessP50Ms: quantile(lateness, 0.5),
    latenessP99Ms: quantile(lateness, 0.99),
    latenessMaxMs: lateness[lateness.length - 1] ?? null,
    generatorCpuShare: generatorCpuShare(
      samples.filter((sample) => isMeasured(plan, sample)),
      generator,
    ),
  };
}

/** Over the measured part: over the whole trial, an idle end would hide a generator that had no CPU left. */
function generatorCpuShare(measured: readonly Sample[], { cpuCores, capacityCores }: GeneratorEvidence): number | null {
  const readings = measured.flatMap(({ load, intervalMs }) => {
    const cpuSeconds = load?.generatorCpuSeconds ?? null;
    return cpuSeconds === null ? [] : [{ cpuSeconds, seconds: intervalMs / 1000 }];
  });
  const elapsed = readings.reduce((sum, reading) => sum + reading.seconds, 0);
  if (elapsed === 0) return cpuCores === null ? null : cpuCores / capacityCores;
  return readings.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / elapsed / capacityCores;
}

const seconds = (ms: number | null): number | null => (ms === null ? null : ms / 1000);
