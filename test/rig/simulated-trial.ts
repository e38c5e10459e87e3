import { callTree } from '../../harness/application/call-tree.ts';
import { stream } from '../../harness/core/random.ts';
import { makeSchedule } from '../../harness/load/make-schedule.ts';
import { scheduleSha256 } from '../../harness/load/schedule-file.ts';
import type { ApplicationSpec, Plan, PlannedArm, PlannedLoad } from '../../harness/plan/plan.ts';
import { sortSample, quantile } from '../../harness/statistics/quantile.ts';
import type { ServiceReading } from '../../harness/telemetry/application-reading.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../../harness/telemetry/request-log.ts';
import type { Sample, WaitReading } from '../../harness/telemetry/sample.ts';
import type { Span } from '../../harness/telemetry/span.ts';
import { waitsOf } from './recorded.ts';
import { simulateRequest, type Execution, type Weather } from './simulated-request.ts';

export interface SimulatedData {
  readonly samples: readonly Sample[];
  readonly requests: RequestLog;
  readonly spans: readonly Span[];
  readonly scheduleSha256: string;
}

/** How much CPU a service is given decides how it fares; a store has no limit. */
function weatherFor(arm: PlannedArm, stress: number): (service: string) => Weather {
  return (service) => {
    const limit = arm.allocation?.[service]?.cpuLimitCores ?? null;
    const scarcity = limit === null ? 0 : Math.max(0, 0.6 - limit);
    return {
      contentionMs: 0.25 * stress * (limit === null ? 1 : 0.6 + 0.4 / Math.max(limit, 0.2)),
      throttleChance: Math.min(0.5, 0.12 * scarcity * stress),
      throttleMs: 60,
      connectionMs: scarcity > 0 ? 4 * stress : 0.5,
    };
  };
}

/** A whole trial of an application under a load, as the testbed would have recorded it. Always the same for a block and an arm. */
export function simulateTrial(
  plan: Plan,
  application: ApplicationSpec,
  arm: PlannedArm,
  load: PlannedLoad,
  [block, seed]: readonly [number, number],
): SimulatedData {
  const { model } = application;
  const weights = model.endpoints.map(
    ({ name }) => model.mixes[0]?.weights.find(({ endpoint }) => endpoint === name)?.weight ?? 0,
  );
  const schedule = makeSchedule({ load, durationMs: plan.trialMs, seed, weights });
  const random = stream(seed, `trial/${arm.name}`);
  const dayMs = Math.exp(0.25 * (stream(block, arm.name).uniform() - 0.5));
  const trees = model.endpoints.map((endpoint) => callTree(model, endpoint));
  const count = schedule.dueMs.length;
  const log = {
    ...schedule,
    sentMs: new Float64Array(count).fill(NaN),
    doneMs: new Float64Array(count).fill(NaN),
    outcome: new Uint8Array(count),
    status: new Uint16Array(count),
    bytes: new Uint32Array(count),
  };
  const spans: Span[] = [];
  const executions: Execution[] = [];
  const end = (request: number, outcome: RequestOutcome, doneMs: number): void => {
    log.outcome[request] = requestOutcomes.indexOf(outcome);
    log.doneMs[request] = doneMs;
    log.status[request] = outcome === 'ok' ? 200 : outcome === 'error-status' ? 500 : 0;
  };
  schedule.dueMs.forEach((dueMs, request) => {
    // A wave of trouble in the middle of the trial, so that there is something to see over time.
    const wave = 1 + 2.5 * Math.exp(-(((dueMs / plan.trialMs - 0.6) / 0.08) ** 2));
    const weather = weatherFor(arm, wave * dayMs);
    const isScarce = weather('').contentionMs > 0 && (arm.allocation?.['text-service']?.cpuLimitCores ?? 1) < 0.5;
    const isTroubled = isScarce && wave > 3;
    if (isTroubled && random.uniform() < 0.02) {
      end(request, 'not-sent-in-flight', NaN);
      return;
    }
    const sentMs = dueMs + 0.02 + random.exponential(0.05) + (random.uniform() < 0.003 ? random.uniform() * 2 : 0);
    log.sentMs[request] = sentMs;
    const tree = trees[schedule.endpoint[request] ?? 0];
    if (tree === undefined) return;
    const simulated = simulateRequest(model, tree, [request, sentMs + 0.1], weather, random);
    executions.push(...simulated.executions);
    const fate = isTroubled ? random.uniform() : 1;
    if (fate < 0.015) end(request, 'timed-out', dueMs + application.driver.timeoutMs);
    else if (fate < 0.03) end(request, 'error-status', simulated.endMs);
    else end(request, 'ok', simulated.endMs + 0.08);
    const isTraced = (schedule.payloadSeed[request] ?? 0) / 2 ** 32 < application.driver.spanShare;
    if (isTraced && fate >= 0.03) spans.push(...simulated.spans);
  });
  return {
    requests: log,
    spans,
    scheduleSha256: scheduleSha256(schedule),
    samples: samplesOf(plan, application, arm, executions),
  };
}

function samplesOf(
  plan: Plan,
  { model }: ApplicationSpec,
  arm: PlannedArm,
  executions: readonly Execution[],
): readonly Sample[] {
  const steps = Math.round(plan.trialMs / plan.sampleMs);
  return Array.from({ length: steps }, (_, step): Sample => {
    const now = executions.filter(({ atMs }) => Math.floor(atMs / plan.sampleMs) === step);
    const services = model.services.map(({ name, memory }): ServiceReading => {
      const own = now.filter(({ service }) => service === name);
      const given = arm.allocation?.[name];
      const limit = given?.cpuLimitCores ?? null;
      const throttled = own.filter(({ throttledMs }) => throttledMs > 0);
      const latencies = sortSample(
        own.map(({ cpuMs, contentionMs, throttledMs }) => cpuMs + contentionMs + throttledMs),
      );
      const memoryBytes = memory.baseBytes + own.length * memory.perRequestBytes * 0.4 + step * 40_000;
      return {
        service: name,
        wanted: given?.replicas ?? 1,
        replicas: [
          {
            ...{ id: `${name}-1`, state: 'ready', startedAtMs: -2000, readyAtMs: -1500, firstServedAtMs: 12 },
            cpuSeconds: own.reduce((sum, { cpuMs }) => sum + cpuMs / 1000, 0.0004),
            cpuLimitCores: limit,
            cpuRequestCores: limit,
            quotaPeriods: limit === null ? null : 10,
            throttledPeriods: limit === null ? null : Math.min(10, throttled.length),
            throttledSeconds: limit === null ? null : throttled.reduce((sum, one) => sum + one.throttledMs / 1000, 0),
            memoryBytes,
            memoryLimitBytes: given?.memoryLimitBytes ?? null,
            ...{ oomKills: 0, cpuPressureShare: null, requests: own.length, errors: 0, inFlight: 1 },
            ...{ busyConnections: 2, queuedForConnection: 0 },
          },
        ],
        p50Ms: quantile(latencies, 0.5),
        p95Ms: quantile(latencies, 0.95),
        p99Ms: quantile(latencies, 0.99),
      };
    });
    const waits = model.services.flatMap(({ name }): WaitReading[] => {
      const own = now.filter(({ service }) => service === name);
      const throttled = own.filter(({ throttledMs }) => throttledMs > 0);
      if (own.length === 0) return [];
      return [
        waitsOf(
          `${name}-1`,
          own.map(({ contentionMs }) => contentionMs / 1000),
        ),
        ...(throttled.length === 0
          ? []
          : [
              waitsOf(
                `${name}-1`,
                throttled.map(({ throttledMs }) => throttledMs / 1000),
                { cause: 'throttled' },
              ),
            ]),
      ];
    });
    const busySeconds = now.reduce((sum, { cpuMs }) => sum + cpuMs / 1000, 0.15);
    return {
      atMs: (step + 1) * plan.sampleMs + 1.5,
      intervalMs: plan.sampleMs,
      clockOffsetMs: 0,
      source: 'bpf',
      waits: [...waits, waitsOf('all', [...now.map(({ contentionMs }) => contentionMs / 1000), 5e-6, 12e-6])],
      host: { busySeconds, stolenSeconds: 0, capacitySeconds: 2, contextSwitches: 9000 },
      tracer: {
        ...{ helperCpuSeconds: 0.004, residentBytes: 4e6, switches: 9000, wakeups: 7000 },
        ...{ lost: 0, negative: 0, unknown: 0 },
      },
      services,
      load: null,
    };
  });
}
