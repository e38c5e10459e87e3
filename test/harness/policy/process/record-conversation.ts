import { systemClock } from '../../../../harness/core/clock.ts';
import { packageRoot } from '../../../../harness/core/package-root.ts';
import { startChild, type ProcessRunner } from '../../../../harness/core/process.ts';
import { stream } from '../../../../harness/core/random.ts';
import type { PolicyContext, Window } from '../../../../harness/policy/port.ts';
import { BoundedLines } from '../../../../harness/policy/process/bounded-lines.ts';
import { processOptions } from '../../../../harness/policy/process/process-options.ts';
import { startProcessPolicy } from '../../../../harness/policy/process/start-process-policy.ts';
import type { Action } from '../../../../harness/telemetry/action.ts';
import type { LoadCounts } from '../../../../harness/telemetry/load-reading.ts';
import type { Sample, WaitReading } from '../../../../harness/telemetry/sample.ts';
import { slotCount } from '../../../../harness/telemetry/wait-slots.ts';
import { replicaOf, serviceOf } from '../../../rig/replica-reading.ts';

/** What a profile would say, as in docs/policies/process.md. */
const written = {
  command: ['python3', 'profiles/policies/threshold.py'],
  ...{ interval: '15s', window: '60s', needs: ['cpu-usage', 'cpu-request'], acts: ['replicas'] },
  options: { target: 0.6 },
};

const allocation = { replicas: 1, cpuLimitCores: 0.5, cpuRequestCores: 0.5, memoryLimitBytes: 67_108_864 };

/** A front and its store, thirty times as fast. */
const context: PolicyContext = {
  services: [
    { name: 'nginx', role: 'front', isScalable: true, calls: ['redis'], startUpMs: 50 },
    { name: 'redis', role: 'store', isScalable: false, calls: [], startUpMs: 50 },
  ],
  allocation: {
    nginx: allocation,
    redis: { ...allocation, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: null },
  },
  bounds: {
    nginx: {
      replicas: { least: 1, most: 4 },
      cpuCores: { least: 0.1, most: 2 },
      memoryBytes: { least: 16_777_216, most: 1_073_741_824 },
    },
  },
  ...{ capacityCores: 2, sampleMs: 500, timeCompression: 30, objectiveMs: 50 },
  random: stream(1, 'policy'),
  compressed: (seconds) => (seconds * 1000) / 30,
};

const counts: LoadCounts = {
  ...{ offered: 50, sent: 50, completed: 49, failed: 0, notSent: 0, p50Ms: 6.2, p95Ms: 21.5, p99Ms: 48.1 },
};

function waitsOf(group: string, count: number, slot: number, waitSeconds: number): WaitReading {
  const slots = new Array<number>(slotCount).fill(0);
  slots[slot] = count;
  return { group, cause: 'contention', count, waitSeconds, slots };
}

/** A sample with everything in it. */
function sampleAt(atMs: number, cpuSeconds: number, isSecondReady: boolean): Sample {
  const busy = {
    ...{ firstServedAtMs: 31.5, cpuSeconds, cpuLimitCores: 0.5, cpuRequestCores: 0.5 },
    ...{ quotaPeriods: 5, throttledPeriods: 2, throttledSeconds: 0.08, memoryBytes: 21_401_600 },
    ...{ memoryLimitBytes: 67_108_864, oomKills: 0, requests: 49, errors: 0, inFlight: 1 },
    ...{ busyConnections: 1, queuedForConnection: 0 },
  };
  const second = { startedAtMs: 505.2, readyAtMs: 560, firstServedAtMs: 561.3, cpuSeconds };
  const nginx = serviceOf(
    'nginx',
    replicaOf('nginx-1', busy),
    ...(isSecondReady ? [replicaOf('nginx-2', { ...busy, ...second })] : []),
  );
  return {
    ...{ atMs, intervalMs: 500, clockOffsetMs: 0, source: 'bpf' },
    waits: [waitsOf('nginx-1', 210, 78, 0.0974), waitsOf('canary', 50, 40, 0.00085)],
    host: { busySeconds: 0.61, stolenSeconds: 0, capacitySeconds: 1, contextSwitches: 5210 },
    tracer: {
      ...{ helperCpuSeconds: 0.001, residentBytes: 11_534_336, switches: 5210, wakeups: 2604 },
      ...{ lost: 0, negative: 0, unknown: 0 },
    },
    services: [
      { ...nginx, p50Ms: 4.1, p95Ms: 18.2, p99Ms: 40.9 },
      serviceOf('redis', replicaOf('redis-1', { cpuSeconds: 0.012 })),
    ],
    load: {
      endpoints: [{ endpoint: 'say', ...counts }],
      ...{ total: counts, generatorCpuSeconds: 0.021, latenessP99Ms: 0.4, inFlight: 1 },
    },
  };
}

const action: Action = {
  ...{ id: 1, by: 'policy' },
  decision: {
    ...{ kind: 'replicas', service: 'nginx', replicas: 2 },
    reason: { rule: 'above target', numbers: { utilisation: 0.98, target: 0.6, ready: 1 } },
  },
  ...{ state: 'effective', wantedAtMs: 500, acceptedAtMs: 500.4, effectiveAtMs: 560, note: null },
};

const windows: readonly Window[] = [
  { nowMs: 500, samples: [sampleAt(500, 0.245, false)], pending: [], settled: [] },
  { nowMs: 1000, samples: [sampleAt(1000, 0.15, true)], pending: [], settled: [action] },
];

/** A conversation with profiles/policies/threshold.py: what the harness says behind `>`, what the program says behind `<`. */
export async function recordConversation(searchPath: string): Promise<readonly string[]> {
  const lines: string[] = [];
  const splitter = new BoundedLines(10_000);
  const runner: ProcessRunner = async (file, args, options = {}) => {
    const child = await startChild(file, args, {
      ...options,
      onOutput: (text) => {
        lines.push(...(splitter.push(text) ?? []).map((line) => `< ${line}`));
        options.onOutput?.(text);
      },
    });
    const writeLine = (line: string): void => {
      lines.push(`> ${line}`);
      child.writeLine(line);
    };
    return { ...child, writeLine };
  };
  const world = {
    ...{ runner, clock: systemClock, workingFolder: packageRoot, searchPath, environment: { PATH: searchPath } },
    ...{ workload: null, node: process.execPath },
  };
  const { signal } = new AbortController();
  const controller = await startProcessPolicy(processOptions.parse(written), context, world, signal);
  for (const window of windows) await controller.step(window, signal);
  await controller[Symbol.asyncDispose]();
  return lines;
}
