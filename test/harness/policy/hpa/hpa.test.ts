import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Policy } from '../../../../harness/policy/port.ts';
import type { Decision } from '../../../../harness/telemetry/action.ts';
import { slotOf } from '../../../../harness/telemetry/wait-slots.ts';
import { actionOf } from '../../../rig/control-log.ts';
import { replicaOf, serviceOf } from '../../../rig/replica-reading.ts';
import { admitDecision } from '../../../../harness/policy/admit-decision.ts';
import { policyContext } from '../policy-context.ts';
import { busy, hpaOf, replicasOf, sampleOf, waitsOf, windowOf } from './samples.ts';

const cpu50 = { metrics: [{ cpu: '50 %' }] };

/** The only decision of the first step. */
function decide(policy: Policy, ...window: Parameters<typeof windowOf>): Decision {
  const [decision, ...others] = policy.step(windowOf(...window));
  if (decision === undefined || others.length > 0) throw new Error('there is not one decision');
  return decision;
}

describe('what a decision says', () => {
  test('the metric, its target and the ratio, what they ask for, and what is left of it', () => {
    const policy = hpaOf(cpu50);
    expect(policy.intervalMs).toBe(15_000);
    expect(policy.step(windowOf(15_000, [busy('one-1', 0.7), busy('one-2', 0.9)]))).toEqual([
      {
        ...{ kind: 'replicas', service: 'one', replicas: 4 },
        reason: {
          rule: 'ratio',
          numbers: {
            ...{ currentReplicas: 2, metric: 'cpu', valuePercent: 80, targetPercent: 50, ratio: 1.6 },
            ...{ readyPods: 2, unreadyPods: 0, missingPods: 0 },
            ...{ desiredReplicas: 4, stabilisedReplicas: 4, limitedReplicas: 4 },
          },
        },
      },
    ]);
  });

  test('which rule cut it', () => {
    expect(decide(hpaOf(cpu50), 15_000, [busy('one-1', 3)])).toMatchObject({
      replicas: 4,
      reason: { rule: 'scale-up limit', numbers: { desiredReplicas: 6, stabilisedReplicas: 6, limitedReplicas: 4 } },
    });
    expect(decide(hpaOf({ ...cpu50, maxReplicas: 3 }), 15_000, [busy('one-1', 3)])).toMatchObject({
      ...{ replicas: 3, reason: { rule: 'maximum' } },
    });
    expect(decide(hpaOf(cpu50), 15_000, [busy('one-1', 0.1), busy('one-2', 0.1)])).toMatchObject({
      ...{ replicas: 2, reason: { rule: 'stabilisation', numbers: { desiredReplicas: 1, stabilisedReplicas: 2 } } },
    });
  });

  test('a sync that changes nothing is a decision too, and says why', () => {
    expect(decide(hpaOf(cpu50), 15_000, [busy('one-1', 0.52), busy('one-2', 0.52)])).toMatchObject({
      ...{ replicas: 2, reason: { rule: 'tolerance', numbers: { valuePercent: 52, ratio: 1.04 } } },
    });
  });

  test('with several metrics, what each of them asked for', () => {
    const metrics = [{ cpu: '50 %' }, { memory: '50 %' }, { external: 'offered-rate', averageValue: '10/s' }];
    expect(decide(hpaOf({ metrics }), 15_000, [busy('one-1', 0.9, { memoryBytes: 30, memoryLimitBytes: 20 })])).toEqual(
      {
        ...{ kind: 'replicas', service: 'one', replicas: 3 },
        reason: {
          rule: 'ratio',
          numbers: {
            ...{ currentReplicas: 1, metric: 'memory', valuePercent: 150, targetPercent: 50, ratio: 3 },
            ...{ readyPods: 1, unreadyPods: 0, missingPods: 0 },
            ...{ desiredReplicas: 3, stabilisedReplicas: 3, limitedReplicas: 3 },
            asked: 'cpu 2, memory 3, external offered-rate nothing: there is no value',
          },
        },
      },
    );
  });
});

describe('where there is nothing to go by it does nothing', () => {
  test('a service without a request has no utilisation', () => {
    expect(hpaOf().step(windowOf(15_000, [replicaOf('one-1', { cpuSeconds: 0.9 })]))).toEqual([]);
  });

  test('an application that could not be read has no services', () => {
    const samples = [sampleOf(15_000, null)];
    expect(hpaOf().step({ nowMs: 15_000, samples, pending: [], settled: [] })).toEqual([]);
  });

  test('a service with no replicas is left at none', () => {
    expect(hpaOf().step(windowOf(15_000, []))).toEqual([]);
  });

  test('a store is not scaled', () => {
    const services = [{ name: 'one', role: 'store', isScalable: false, calls: [], startUpMs: 0 }] as const;
    expect(hpaOf(cpu50, { services }).step(windowOf(15_000, [busy('one-1', 0.9)]))).toEqual([]);
  });
});

describe('replicas as pods', () => {
  test('usage is the mean over the samples since the last sync, in millicores, rounded up as metrics-server tells it', () => {
    const at = (atMs: number, cpuSeconds: number | null) =>
      sampleOf(atMs, [serviceOf('one', busy('one-1', cpuSeconds))]);
    const samples = [at(13_000, 0.2), at(14_000, null), at(15_000, 1.0002)];
    const metrics = [{ cpu: '1 core' }];
    const [decision] = hpaOf({ metrics }).step({ nowMs: 15_000, samples, pending: [], settled: [] });
    // 1.2002 s in the two seconds that were measured: 600.1 millicores.
    expect(decision).toMatchObject({ reason: { numbers: { valueCores: 0.601, targetCores: 1, ratio: 0.601 } } });
  });

  test('one that starts is pending, and dampens the way up', () => {
    const starting = replicaOf('one-2', { state: 'starting', startedAtMs: 9000, readyAtMs: null, cpuRequestCores: 1 });
    expect(decide(hpaOf(cpu50), 15_000, [busy('one-1', 0.9), starting])).toMatchObject({
      replicas: 2,
      reason: { rule: 'tolerance', numbers: { ratio: 1.8, recomputedRatio: 0.9, readyPods: 1, unreadyPods: 1 } },
    });
  });

  test('one that became ready within the window counts from the next window on', () => {
    const young = (readyAtMs: number) => busy('one-2', 0.9, { startedAtMs: -5000, readyAtMs });
    const groups = (readyAtMs: number) =>
      decide(hpaOf(cpu50), 15_000, [busy('one-1', 0.9), young(readyAtMs)]).reason.numbers;
    expect(groups(1)).toMatchObject({ readyPods: 1, unreadyPods: 1, recomputedRatio: 0.9 });
    expect(groups(0)).toMatchObject({ readyPods: 2, unreadyPods: 0 });
  });

  test('the CPU initialisation period is compressed: 30 times faster it is over after 10 s', () => {
    const groups = (startedAtMs: number) => {
      const replicas = [busy('one-1', 0.9), busy('one-2', 0.9, { startedAtMs, readyAtMs: 19_900 })];
      return decide(hpaOf(cpu50, { timeCompression: 30 }), 20_000, replicas).reason.numbers;
    };
    expect(groups(10_001)).toMatchObject({ readyPods: 1, unreadyPods: 1 });
    expect(groups(10_000)).toMatchObject({ readyPods: 2, unreadyPods: 0 });
  });

  test('one of which the CPU is not known is missing', () => {
    expect(decide(hpaOf(cpu50), 15_000, [busy('one-1', 0.9), busy('one-2', null)])).toMatchObject({
      ...{ replicas: 2, reason: { numbers: { readyPods: 1, missingPods: 1, ratio: 1.8, recomputedRatio: 0.9 } } },
    });
  });

  test('those that drain or have ended are not counted', () => {
    const replicas = [
      busy('one-1', 0.5),
      busy('one-2', 1, { state: 'draining' }),
      busy('one-3', 1, { state: 'ended' }),
    ];
    const services = [{ ...serviceOf('one', ...replicas), wanted: 1 }];
    const window = { nowMs: 15_000, samples: [sampleOf(15_000, services)], pending: [], settled: [] };
    expect(hpaOf(cpu50).step(window)).toMatchObject([
      { replicas: 1, reason: { rule: 'tolerance', numbers: { valuePercent: 50, readyPods: 1, unreadyPods: 0 } } },
    ]);
  });

  test('the memory limit is what memory is a share of', () => {
    const replica = busy('one-1', null, { memoryBytes: 45_000_000, memoryLimitBytes: 50_000_000 });
    expect(decide(hpaOf({ metrics: [{ memory: '60 %' }] }), 15_000, [replica])).toMatchObject({
      ...{ replicas: 2, reason: { numbers: { valuePercent: 90, targetPercent: 60, ratio: 1.5 } } },
    });
  });
});

describe('run-queue wait', () => {
  /** From 8.192 to 9.216 ms: its middle is 8.704 ms. */
  const slot = slotOf(9e6);
  const replicas = [busy('one-1', 0.4), busy('one-2', 0.4)];
  const waits = [waitsOf('one-1', slot, 10), waitsOf('one-2', slot, 10), waitsOf('canary', slot, 99)];
  const pods = { metrics: [{ pods: 'runqueue-wait-p95', averageValue: '6ms' }] };

  test('as a metric of pods it is the p95 of each replica, told in seconds and so counted in whole milliseconds', () => {
    expect(decide(hpaOf(pods), 15_000, replicas, { waits })).toMatchObject({
      replicas: 3,
      reason: { numbers: { metric: 'pods runqueue-wait-p95', valueMs: 9, targetMs: 6, ratio: 1.5, readyPods: 2 } },
    });
  });

  test('told in milliseconds it is a thousand times finer', () => {
    const { reason } = decide(hpaOf({ ...pods, waitUnit: 'milliseconds' }), 15_000, replicas, { waits });
    expect(reason.numbers['valueMs']).toBe(8.704);
  });

  test('a replica in which nothing waited is at 0, and not missing', () => {
    expect(decide(hpaOf(pods), 15_000, replicas, { waits: waits.slice(0, 1) })).toMatchObject({
      ...{ replicas: 2, reason: { numbers: { valueMs: 4, readyPods: 2, missingPods: 0 } } },
    });
  });

  test('contention leaves throttling out, and knows nothing where causes are not told apart', () => {
    const only = { ...pods, signal: 'contention' };
    const throttled = [...waits, waitsOf('one-1', slotOf(90e6), 100, { cause: 'throttled' })];
    expect(decide(hpaOf(only), 15_000, replicas, { waits: throttled }).reason.numbers).toMatchObject({ valueMs: 9 });
    expect(decide(hpaOf(pods), 15_000, replicas, { waits: throttled }).reason.numbers['valueMs']).toBeGreaterThan(40);
    const any = waits.map((reading) => ({ ...reading, cause: 'any' as const }));
    expect(hpaOf(only).step(windowOf(15_000, replicas, { waits: any }))).toEqual([]);
    expect(decide(hpaOf(pods), 15_000, replicas, { waits: any }).reason.numbers).toMatchObject({ valueMs: 9 });
  });

  test('a source without histograms has no p95, and one that measures nothing neither', () => {
    const sums = waits.map((reading) => ({ ...reading, slots: null }));
    expect(hpaOf(pods).step(windowOf(15_000, replicas, { waits: sums }))).toEqual([]);
    expect(hpaOf(pods).step(windowOf(15_000, replicas, { waits: null }))).toEqual([]);
  });

  test('as the value of an object it is the p95 over all replicas, and multiplies those that are ready', () => {
    const object = { metrics: [{ object: 'runqueue-wait-p95', value: '6ms' }] };
    const few = [waitsOf('one-1', slot, 100), waitsOf('one-2', slotOf(1000), 1)];
    expect(decide(hpaOf(object), 15_000, replicas, { waits: few })).toMatchObject({
      ...{ replicas: 3, reason: { numbers: { metric: 'object runqueue-wait-p95', valueMs: 9, ratio: 1.5 } } },
    });
  });

  test('the proportional ratio is CPU used and waited for, over the request', () => {
    const metrics = [{ runqueueRatio: 0.8, guard: null }];
    const waited = [waitsOf('one-1', slot, 10, { waitSeconds: 0.6 }), waitsOf('one-2', slot, 10, { waitSeconds: 1 })];
    const sums = waited.map((reading) => ({ ...reading, slots: null }));
    expect(decide(hpaOf({ metrics }), 15_000, replicas, { waits: sums })).toMatchObject({
      replicas: 3,
      reason: { numbers: { metric: 'pods runqueue-ratio', valueRatio: 1.2, targetRatio: 0.8, ratio: 1.5 } },
    });
  });

  test('its guard decides where it asks for more', () => {
    const metrics = [{ runqueueRatio: 0.8, guard: '3ms' }];
    const { reason } = decide(hpaOf({ metrics }), 15_000, replicas, { waits });
    expect(reason.numbers).toMatchObject({
      ...{
        metric: 'pods runqueue-wait-p95',
        valueMs: 9,
        ratio: 3,
        asked: 'pods runqueue-ratio 2, pods runqueue-wait-p95 6',
      },
    });
  });
});

describe('rates', () => {
  const counts = { sent: 30, completed: 30, failed: 0, notSent: 0, p50Ms: 1, p95Ms: 1, p99Ms: 1 };
  const load = {
    endpoints: [],
    total: { offered: 30, ...counts },
    generatorCpuSeconds: 0,
    latenessP99Ms: 0,
    inFlight: 0,
  };

  test('an average value of what is offered is divided by the replicas that there are', () => {
    const metrics = [{ external: 'offered-rate', averageValue: '8/s' }];
    expect(decide(hpaOf({ metrics }), 15_000, [busy('one-1', 1), busy('one-2', 1)], { load })).toMatchObject({
      replicas: 4,
      reason: { numbers: { metric: 'external offered-rate', valuePerSecond: 15, targetPerSecond: 8, ratio: 1.875 } },
    });
  });

  test('requests of a replica that answers late are counted when it answers', () => {
    const metrics = [{ pods: 'request-rate', averageValue: '10/s' }];
    const at = (atMs: number, requests: number | null) =>
      sampleOf(atMs, [serviceOf('one', busy('one-1', 1, { requests }))]);
    const samples = [at(13_000, 20), at(14_000, null), at(15_000, 40)];
    expect(hpaOf({ metrics }).step({ nowMs: 15_000, samples, pending: [], settled: [] })).toMatchObject([
      { replicas: 2, reason: { numbers: { valuePerSecond: 20, ratio: 2 } } },
    ]);
  });

  test('those of an object are of all its replicas', () => {
    const metrics = [{ object: 'request-rate', value: '20/s' }];
    const replicas = [busy('one-1', 1, { requests: 20 }), busy('one-2', 1, { requests: 10 })];
    expect(decide(hpaOf({ metrics }), 15_000, replicas)).toMatchObject({
      ...{ replicas: 3, reason: { numbers: { valuePerSecond: 30, ratio: 1.5 } } },
    });
  });
});

describe('bounds and options of the range', () => {
  const range = (least: number, most: number) => {
    const { bounds } = policyContext();
    return { bounds: { one: { ...bounds['one'], replicas: { least, most } } } } as Parameters<typeof policyContext>[0];
  };
  const at = (options: object, least: number, most: number, cpuSeconds: number, count: number) => {
    const replicas = Array.from({ length: count }, (_, index) => busy(`one-${index}`, cpuSeconds));
    return decide(hpaOf({ ...cpu50, ...options }, range(least, most)), 15_000, replicas);
  };

  test('where nothing is said the bounds hold, but never no replica', () => {
    expect(at({}, 1, 3, 2, 2)).toMatchObject({ replicas: 3, reason: { rule: 'maximum' } });
    const policy = hpaOf({ ...cpu50, downscaleStabilisation: '0s' }, range(0, 3));
    const idle = [busy('one-1', 0), busy('one-2', 0)];
    policy.step(windowOf(15_000, idle));
    expect(decide(policy, 30_000, idle)).toMatchObject({ replicas: 1, reason: { rule: 'minimum' } });
  });

  test('options count within the bounds', () => {
    expect(at({ maxReplicas: 9 }, 1, 3, 2, 2)).toMatchObject({ replicas: 3 });
    expect(at({ minReplicas: 4, maxReplicas: 4 }, 1, 3, 0.1, 2)).toMatchObject({
      ...{ replicas: 3, reason: { rule: 'below minimum', numbers: { currentReplicas: 2 } } },
    });
    expect(at({ maxReplicas: 2 }, 1, 9, 0.5, 5)).toMatchObject({ replicas: 2, reason: { rule: 'above maximum' } });
  });
});

const punctual = (sample: number): number => 0 * sample;

/** A service whose replicas share a demand for CPU, and are ready `startUpMs` after they are asked for. */
class Loop {
  readonly counts: number[] = [];
  readonly decisions: Decision[] = [];
  #replicas: { readonly id: string; readonly readyAtMs: number }[] = [{ id: 'one-1', readyAtMs: -1000 }];
  #started = 1;

  run(
    policy: Policy,
    demandCores: (seconds: number) => number,
    syncs: number,
    { k = 1, sampleMs = 1000, lateMs = punctual, startUpMs = 2000 } = {},
  ): this {
    const perSync = 15_000 / k / sampleMs;
    for (let sync = 1; sync <= syncs; sync++) {
      const samples = Array.from({ length: perSync }, (_, index) => {
        const number = (sync - 1) * perSync + index + 1;
        const atMs = number * sampleMs + lateMs(number);
        const ready = this.#replicas.filter(({ readyAtMs }) => readyAtMs <= atMs);
        const share = Math.min(1, demandCores((number * sampleMs * k) / 1000) / ready.length);
        const readings = this.#replicas.map(({ id, readyAtMs }) =>
          readyAtMs <= atMs
            ? busy(id, (share * sampleMs) / 1000, { startedAtMs: readyAtMs - startUpMs / k, readyAtMs })
            : busy(id, 0, { state: 'starting', startedAtMs: readyAtMs - startUpMs / k, readyAtMs: null }),
        );
        return sampleOf(atMs, [serviceOf('one', ...readings)], { intervalMs: sampleMs });
      });
      const nowMs = samples.at(-1)?.atMs ?? NaN;
      const decisions = policy.step({ nowMs, samples, pending: [], settled: [] });
      this.decisions.push(...decisions);
      for (const replicas of replicasOf(decisions)) this.#scale(replicas, nowMs + startUpMs / k);
      this.counts.push(this.#replicas.length);
    }
    return this;
  }

  #scale(replicas: number, readyAtMs: number): void {
    this.#replicas = this.#replicas.slice(0, replicas);
    while (this.#replicas.length < replicas) this.#replicas.push({ id: `one-${++this.#started}`, readyAtMs });
  }
}

test('what is 300 s old holds the count no more, with or without behavior, as where a sync takes time', () => {
  for (const behavior of [null, {}]) {
    const policy = hpaOf({ ...cpu50, behavior });
    const idle = [busy('one-1', 0.1), busy('one-2', 0.1)];
    const counts = Array.from({ length: 22 }, (_, index) => policy.step(windowOf(15_000 * (index + 1), idle)));
    expect(replicasOf(counts.flat())).toEqual([...new Array<number>(20).fill(2), 1, 1]);
  }
});

describe('in a closed loop', () => {
  const step = (seconds: number): number => (seconds <= 120 ? 0.4 : 2.3);

  test('it settles on a step of the load, and stays there', () => {
    // 2.3 cores at 50 % are 4.6 replicas: 5, at 46 %, which is within the tolerance.
    const { counts } = new Loop().run(hpaOf(cpu50), step, 60);
    expect(counts.slice(0, 8)).toEqual(new Array(8).fill(1));
    expect(counts.slice(20)).toEqual(new Array(40).fill(5));
  });

  test('it recovers from a spike once the window of 5 minutes is over', () => {
    const spike = (seconds: number): number => (seconds > 60 && seconds <= 240 ? 2.3 : 0.4);
    const { counts } = new Loop().run(hpaOf({ ...cpu50, behavior: {} }), spike, 60);
    expect(Math.max(...counts)).toBe(5);
    expect(counts.slice(16, 30)).toEqual(new Array(14).fill(5));
    expect(counts.slice(37)).toEqual(new Array(23).fill(1));
  });

  test('with time compressed the same decisions come, as many times faster', () => {
    for (const written of [cpu50, { ...cpu50, behavior: {} }]) {
      const real = new Loop().run(hpaOf(written), step, 60);
      const compressed = new Loop().run(hpaOf(written, { timeCompression: 30, sampleMs: 100 }), step, 60, {
        ...{ k: 30, sampleMs: 100 },
      });
      expect(compressed.counts).toEqual(real.counts);
    }
  });

  test('samples that end late change nothing', () => {
    const written = { ...cpu50, behavior: { scaleDown: { stabilizationWindow: '0s' } } };
    const waves = (seconds: number): number => 2 + 1.9 * Math.sin(seconds / 60);
    const punctual = new Loop().run(hpaOf(written, { sampleMs: 5000 }), waves, 60, { sampleMs: 5000 });
    const late = new Loop().run(hpaOf(written, { sampleMs: 5000 }), waves, 60, {
      ...{ sampleMs: 5000, lateMs: (sample: number) => (sample * 7919) % 400 },
    });
    expect(new Set(punctual.counts).size).toBeGreaterThan(4);
    expect(late.counts).toEqual(punctual.counts);
  });
});

test('what was refused is no scale event, and so uses none of the rate up', () => {
  const behavior = { scaleUp: { policies: [{ pods: 1, period: '60s' }] } };
  const second = (state: 'refused' | 'effective') => {
    const policy = hpaOf({ ...cpu50, behavior });
    const first = decide(policy, 15_000, [busy('one-1', 3)]);
    expect(first).toMatchObject({ replicas: 2 });
    const replicas = state === 'refused' ? [busy('one-1', 3)] : [busy('one-1', 3), busy('one-2', 3)];
    return decide(policy, 30_000, replicas, {}, [actionOf(1, 15_000, first, { state })]);
  };
  expect(second('refused')).toMatchObject({ replicas: 2, reason: { rule: 'scale-up limit' } });
  expect(second('effective')).toMatchObject({ replicas: 2, reason: { rule: 'scale-up limit' } });
});

const anyReplica = fc.record({
  state: fc.constantFrom('starting' as const, 'ready' as const, 'draining' as const, 'ended' as const),
  startedAtMs: fc.integer({ min: -60_000, max: 60_000 }),
  readyAtMs: fc.option(fc.integer({ min: -60_000, max: 60_000 })),
  cpuSeconds: fc.option(fc.double({ min: 0, max: 8, noNaN: true })),
  cpuRequestCores: fc.option(fc.double({ min: 0, max: 4, noNaN: true }), { freq: 20 }),
  memoryBytes: fc.option(fc.nat()),
  memoryLimitBytes: fc.option(fc.nat(), { freq: 20 }),
  requests: fc.option(fc.nat(10_000)),
});
const anyWindow = fc.array(
  fc.record({ replicas: fc.array(anyReplica, { maxLength: 6 }), wanted: fc.nat(14), waited: fc.option(fc.nat(191)) }),
  { minLength: 1, maxLength: 4 },
);
const anyOptions = fc.record({
  metrics: fc.subarray(
    [
      { cpu: '50 %' },
      { cpu: '100 millicores' },
      { memory: '70 %' },
      { runqueueRatio: 0.8 },
      { object: 'runqueue-wait-p95', value: '5ms' },
      { object: 'request-rate', averageValue: '7/s' },
    ],
    { minLength: 1 },
  ),
  behavior: fc.constantFrom(null, {}, { scaleDown: { stabilizationWindow: '0s' } }),
  oldTolerance: fc.boolean(),
  downscaleStabilisation: fc.constantFrom('0s', '1m'),
});

/** Steps through windows of two samples. */
function runAny(options: object, windows: readonly (typeof anyWindow extends fc.Arbitrary<infer W> ? W : never)[]) {
  const policy = hpaOf(options);
  return windows.map((readings, index) => {
    const nowMs = 15_000 * (index + 1);
    const samples = readings.map(({ replicas, wanted, waited }, at) => {
      const ids = replicas.map((changes, id) => replicaOf(`one-${id}`, changes));
      const waits = waited === null ? null : ids.map(({ id }) => waitsOf(id, waited, 3));
      const atMs = nowMs - 1000 * (readings.length - 1 - at);
      return sampleOf(atMs, [{ ...serviceOf('one', ...ids), wanted }], { waits });
    });
    return policy.step({ nowMs, samples, pending: [], settled: [] });
  });
}

test('whatever it sees, its decisions are admitted: whole, within the bounds, with numbers that are numbers', () => {
  const { services, bounds } = policyContext();
  fc.assert(
    fc.property(anyOptions, fc.array(anyWindow, { minLength: 1, maxLength: 8 }), (options, windows) => {
      for (const decision of runAny(options, windows).flat()) {
        expect(admitDecision(decision, { services, bounds })).toEqual({ kind: 'admitted', decision });
      }
    }),
  );
});

test('whatever it sees, it decides the same when it sees it again', () => {
  fc.assert(
    fc.property(anyOptions, fc.array(anyWindow, { minLength: 1, maxLength: 6 }), (options, windows) => {
      expect(runAny(options, windows)).toEqual(runAny(options, windows));
    }),
  );
});

test('inside the tolerance it never asks for another count', () => {
  const usage = fc.array(fc.double({ min: 0.455, max: 0.55, noNaN: true }), { minLength: 1, maxLength: 10 });
  fc.assert(
    fc.property(usage, fc.constantFrom(null, {}), (usage, behavior) => {
      const replicas = usage.map((cpuSeconds, index) => busy(`one-${index}`, cpuSeconds));
      expect(replicasOf(hpaOf({ ...cpu50, behavior }).step(windowOf(15_000, replicas)))).toEqual([usage.length]);
    }),
  );
});
