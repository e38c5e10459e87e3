import { callTree } from '../../harness/application/call-tree.ts';
import { stream } from '../../harness/core/random.ts';
import { compressLoad } from '../../harness/load/compress-load.ts';
import { makeSchedule } from '../../harness/load/make-schedule.ts';
import { rateCurve } from '../../harness/load/rate-shape.ts';
import { scheduleSha256 } from '../../harness/load/schedule-file.ts';
import type { ApplicationSpec, Plan, PlannedArm, PlannedLoad } from '../../harness/plan/plan.ts';
import { sortSample, quantile } from '../../harness/statistics/quantile.ts';
import type { ReplicaReading, ServiceReading } from '../../harness/telemetry/application-reading.ts';
import type { ControlLog, PolicyEvidence } from '../../harness/telemetry/control.ts';
import { requestOutcomes, type RequestLog, type RequestOutcome } from '../../harness/telemetry/request-log.ts';
import type { Sample, WaitReading } from '../../harness/telemetry/sample.ts';
import type { Span } from '../../harness/telemetry/span.ts';
import { waitsOf } from './recorded.ts';
import { simulateControl, stateAt, type ServiceState, type SimulatedControl } from './simulated-control.ts';
import { simulateRequest, type Execution, type Weather } from './simulated-request.ts';

export interface SimulatedData {
  readonly samples: readonly Sample[];
  readonly requests: RequestLog;
  readonly spans: readonly Span[];
  readonly scheduleSha256: string;
  /** Null in an arm without a policy. */
  readonly control: { readonly log: ControlLog; readonly evidence: PolicyEvidence } | null;
}

/**
 * How much CPU a service is given decides how it fares; a store has no limit.
 * @param stateOf what it has in an arm with a policy, for each 40 requests a second; null in one without
 */
function weatherFor(
  arm: PlannedArm,
  stress: number,
  stateOf: (service: string) => ServiceState | null,
): (service: string) => Weather {
  return (service) => {
    const state = stateOf(service);
    const limit =
      state === null ? (arm.allocation?.[service]?.cpuLimitCores ?? null) : state.replicas * state.limitCores;
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
  const compressed = compressLoad(load, plan.timeCompression);
  const schedule = makeSchedule({ load: compressed, durationMs: plan.trialMs, seed, weights });
  const control = simulateControl(plan, arm, load, block);
  const curve = rateCurve(compressed.rate);
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
    const weather = weatherFor(arm, wave * dayMs, (service) => {
      const state = stateAt(control?.states.get(service) ?? [], dueMs);
      const share = 40 / Math.max(1, curve.rateAt(dueMs));
      return state === null ? null : { ...state, limitCores: state.limitCores * share };
    });
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
    control,
    samples: samplesOf(plan, application, arm, executions, control),
  };
}

function samplesOf(
  plan: Plan,
  { model }: ApplicationSpec,
  arm: PlannedArm,
  executions: readonly Execution[],
  control: SimulatedControl | null,
): readonly Sample[] {
  const steps = Math.round(plan.trialMs / plan.sampleMs);
  return Array.from({ length: steps }, (_, step): Sample => {
    const now = executions.filter(({ atMs }) => Math.floor(atMs / plan.sampleMs) === step);
    const sample = { fromMs: step * plan.sampleMs, toMs: (step + 1) * plan.sampleMs };
    const services = model.services.map(({ name, memory }): ServiceReading => {
      const own = now.filter(({ service }) => service === name);
      const given = arm.allocation?.[name];
      const states = statesIn(control?.states.get(name) ?? [], sample);
      const ids = replicaIds(name, states);
      const limit = states.at(-1)?.limitCores ?? given?.cpuLimitCores ?? null;
      const latencies = sortSample(
        own.map(({ cpuMs, contentionMs, throttledMs }) => cpuMs + contentionMs + throttledMs),
      );
      const memoryBytes = memory.baseBytes + own.length * memory.perRequestBytes * 0.4 + step * 40_000;
      return {
        service: name,
        wanted: states.at(-1)?.replicas ?? given?.replicas ?? 1,
        replicas: ids.map((id, place): ReplicaReading => {
          const served = own.filter((_, index) => index % ids.length === place);
          const hurt = served.filter(({ throttledMs }) => throttledMs > 0);
          return {
            ...{ id, ...lifeOf(control?.states.get(name) ?? [], place + 1, sample) },
            cpuSeconds: served.reduce((sum, { cpuMs }) => sum + cpuMs / 1000, 0.0004),
            cpuLimitCores: limit,
            cpuRequestCores: limit,
            quotaPeriods: limit === null ? null : 10,
            throttledPeriods: limit === null ? null : Math.min(10, hurt.length),
            throttledSeconds: limit === null ? null : hurt.reduce((sum, one) => sum + one.throttledMs / 1000, 0),
            memoryBytes,
            memoryLimitBytes: given?.memoryLimitBytes ?? null,
            ...{ oomKills: 0, cpuPressureShare: null, requests: served.length, errors: 0, inFlight: 1 },
            ...{ busyConnections: 2, queuedForConnection: 0 },
          };
        }),
        p50Ms: quantile(latencies, 0.5),
        p95Ms: quantile(latencies, 0.95),
        p99Ms: quantile(latencies, 0.99),
      };
    });
    const waits = model.services.flatMap(({ name }): WaitReading[] => {
      const own = now.filter(({ service }) => service === name);
      const ids = replicaIds(name, statesIn(control?.states.get(name) ?? [], sample));
      return ids.flatMap((id, place) => {
        const served = own.filter((_, index) => index % ids.length === place);
        const hurt = served.filter(({ throttledMs }) => throttledMs > 0);
        const seconds = (of: (one: Execution) => number): number[] => served.map((one) => of(one) / 1000);
        if (served.length === 0) return [];
        return [
          waitsOf(
            id,
            seconds(({ contentionMs }) => contentionMs),
          ),
          ...(hurt.length === 0
            ? []
            : [
                waitsOf(
                  id,
                  hurt.map(({ throttledMs }) => throttledMs / 1000),
                  { cause: 'throttled' },
                ),
              ]),
        ];
      });
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

interface Interval {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What a service has within a sample; nothing where no policy acts on it. */
const statesIn = (states: readonly ServiceState[], { fromMs, toMs }: Interval): readonly ServiceState[] =>
  states.filter(({ atMs }, index) => atMs < toMs && (states[index + 1]?.atMs ?? Infinity) > fromMs);

/** Every replica that lived in the sample. */
function replicaIds(service: string, states: readonly ServiceState[]): readonly string[] {
  const most = states.reduce((count, { replicas }) => Math.max(count, replicas), 0);
  return Array.from({ length: Math.max(1, most) }, (_, index) => `${service}-${index + 1}`);
}

/** The n-th replica of a service: there whenever the service has so many. One that is no longer wanted has ended by the end of the sample. */
function lifeOf(
  states: readonly ServiceState[],
  place: number,
  { toMs }: Interval,
): Pick<ReplicaReading, 'state' | 'startedAtMs' | 'readyAtMs' | 'firstServedAtMs'> {
  const before = states.filter(({ atMs }) => atMs < toMs);
  const lastGap = before.findLastIndex(({ replicas }, index) => replicas < place && index < before.length - 1);
  const since = before.slice(lastGap + 1).find(({ replicas }) => replicas >= place)?.atMs ?? -2000;
  const isWanted = (before.at(-1)?.replicas ?? 1) >= place;
  return {
    state: isWanted ? 'ready' : 'ended',
    ...(since < 0
      ? { startedAtMs: -2000, readyAtMs: -1500, firstServedAtMs: 12 }
      : { startedAtMs: since - 500, readyAtMs: since, firstServedAtMs: since + 20 }),
  };
}
