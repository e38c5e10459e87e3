import type { TrialOutcome } from '../../harness/experiment/run-trial.ts';
import type { FigureRow } from '../../harness/report/figure/figure.ts';
import type { RequestLog } from '../../harness/telemetry/request-log.ts';
import type { Sample } from '../../harness/telemetry/sample.ts';
import { slotCount } from '../../harness/telemetry/wait-slots.ts';
import { waitQuantile } from '../../harness/telemetry/wait-quantile.ts';
import { quantile, sortSample } from '../../harness/statistics/quantile.ts';
import type { Signal } from './step-experiment.ts';

/** As in a profile that says nothing of it. */
const timeoutMs = 5000;

/** Seconds that a point of a line stands for. */
const pointSeconds = 30;

/** Offered load, replicas and what the policy steers by, each as it was in half a minute. */
export function stepRows(
  arm: string,
  { samples, requests }: Pick<TrialOutcome, 'samples' | 'requests'>,
  signal: Signal,
): readonly FigureRow[] {
  const byPoint = new Map<number, Sample[]>();
  for (const sample of samples) {
    const point = Math.ceil(sample.atMs / 1000 / pointSeconds);
    const own = byPoint.get(point) ?? [];
    own.push(sample);
    byPoint.set(point, own);
  }
  return [...byPoint].map(([point, own]) => ({
    arm,
    minutes: ((point - 0.5) * pointSeconds) / 60,
    offered: sum(own, ({ load }) => load?.total.offered ?? 0) / pointSeconds,
    replicas: own.at(-1)?.services?.[0]?.wanted ?? null,
    signal: signalOf(signal, own, requests),
  }));
}

function signalOf(signal: Signal, samples: readonly Sample[], requests: RequestLog | null): number | null {
  switch (signal) {
    case 'utilisation': {
      const replicas = samples.flatMap(({ services }) => services ?? []).flatMap((service) => service.replicas);
      const ready = replicas.filter(({ state }) => state === 'ready');
      const requested = sum(ready, ({ cpuRequestCores }) => cpuRequestCores ?? NaN);
      return (100 * sum(ready, ({ cpuSeconds }) => cpuSeconds ?? NaN)) / requested;
    }
    case 'wait':
      return mean(samples.map(waitP95Ms));
    case 'latency':
      return requests === null ? null : latencyP95Ms(requests, samples);
  }
}

/** Of all waits of the service, as SHOWAR takes it. */
function waitP95Ms({ waits }: Sample): number | null {
  const slots = new Array<number>(slotCount).fill(0);
  for (const { group, slots: own } of waits ?? []) {
    if (group === 'all') own?.forEach((count, slot) => (slots[slot] = (slots[slot] ?? 0) + count));
  }
  const p95 = waitQuantile(slots, 0.95);
  return p95 === null ? null : p95.value * 1000;
}

/** Of the requests that were due then. One that was given up, or held back, took the whole time-out. */
function latencyP95Ms({ dueMs, doneMs }: RequestLog, samples: readonly Sample[]): number | null {
  const toMs = samples.at(-1)?.atMs ?? NaN;
  const fromMs = toMs - sum(samples, ({ intervalMs }) => intervalMs);
  const first = dueMs.findIndex((due) => due >= fromMs);
  const latencies: number[] = [];
  for (let index = first; (dueMs[index] ?? Infinity) < toMs; index++) {
    const tookMs = (doneMs[index] ?? NaN) - (dueMs[index] ?? NaN);
    latencies.push(Number.isNaN(tookMs) ? timeoutMs : tookMs);
  }
  return quantile(sortSample(latencies), 0.95);
}

const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0);

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : sum(known, (value) => value) / known.length;
}
