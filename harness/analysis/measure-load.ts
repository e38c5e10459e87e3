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

const failures = ['error-status', 'timed-out', 'connection-failed', 'unfinished'] as const;

/** What an answer is measured by. */
export interface Objective {
  readonly sloMs: number;
  readonly timeoutMs: number;
}

export const objectiveOf = ({ sloMs, driver: { timeoutMs } }: ApplicationSpec): Objective => ({ sloMs, timeoutMs });

/** What the load asked and got, and how well it was sent. In one pass: a log may hold millions of requests. */
export function measureLoad(
  plan: Plan,
  { samples, requests: log }: { readonly samples: readonly Sample[]; readonly requests: RequestLog },
  generator: GeneratorEvidence,
  { sloMs, timeoutMs }: Objective,
): LoadMetrics {
  const measured = measuredRequests(plan, log);
  const counts = new Map<RequestOutcome, number>(requestOutcomes.map((outcome) => [outcome, 0]));
  const latenciesMs = new Float64Array(measured.length);
  const latenessMs = new Float64Array(measured.length);
  let [inTime, totalMs, sent] = [0, 0, 0];
  measured.forEach((request, place) => {
    const outcome = outcomeOf(log, request);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    const answeredMs = latencyMs(log, request);
    if (answeredMs !== null && answeredMs <= sloMs) inTime++;
    latenciesMs[place] = answeredMs ?? timeoutMs;
    totalMs += answeredMs ?? timeoutMs;
    const sentMs = log.sentMs[request] ?? NaN;
    if (!Number.isNaN(sentMs)) latenessMs[sent++] = sentMs - (log.dueMs[request] ?? NaN);
  });
  const count = (outcome: RequestOutcome): number => counts.get(outcome) ?? 0;
  const latencies = sortSample(latenciesMs);
  const lateness = sortSample(latenessMs.subarray(0, sent));
  const offered = measured.length;
  return {
    offered,
    completed: count('ok'),
    failed: failures.reduce((sum, outcome) => sum + count(outcome), 0),
    timedOut: count('timed-out'),
    notSentInFlight: count('not-sent-in-flight'),
    notSentGenerator: count('not-sent-generator'),
    latencySeconds: {
      p50: seconds(quantile(latencies, 0.5)),
      p95: seconds(quantile(latencies, 0.95)),
      p99: seconds(quantile(latencies, 0.99)),
      p999: seconds(quantile(latencies, 0.999)),
      mean: offered === 0 ? null : totalMs / offered / 1000,
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
