import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { closeLoop, reversals, type LoopOptions } from './closed-loop.ts';

/** Base load, and twice to three times as much from the tenth minute on, for good or for a while. */
const step = (from: string, to: string): unknown => ({
  shape: 'steps',
  steps: [
    { for: '10m', rate: from },
    { for: '1h', rate: to },
  ],
});
const spike = (base: string, peak: string): unknown => ({
  ...{ shape: 'spike', base, peak, at: '10m', rise: '10s', hold: '1m', fall: '10s' },
});

/** What every replica used of its core in the last minutes, as a share. */
function utilisation({ samples }: Awaited<ReturnType<typeof closeLoop>>, share: number): number {
  const last = samples.slice(Math.round(samples.length * (1 - share)));
  const replicas = last.flatMap(({ services }) => services ?? []).flatMap((service) => service.replicas);
  const used = replicas.reduce((sum, { cpuSeconds }) => sum + (cpuSeconds ?? NaN), 0);
  return used / ((replicas.length * (last[0]?.intervalMs ?? NaN)) / 1000);
}

describe('hpa, CPU at 50 % of the request', () => {
  const hpa = { name: 'hpa', metrics: [{ cpu: '50 %' }] };
  const loop: LoopOptions = { policy: hpa, rate: '100/s', replicas: 2, timeCompression: 30, minutes: 40 };

  test('settles after a step: it goes up, overshoots by the backlog, and holds the target', async () => {
    const ended = await closeLoop({ ...loop, rate: step('100/s', '300/s'), timeCompression: 10, minutes: 32 });
    const { replicas, p95Ms } = ended;
    const last = replicas.slice(24);

    expect(new Set(last).size).toBe(1);
    expect(reversals(replicas.slice(9))).toBeLessThanOrEqual(1);
    expect(utilisation(ended, 0.25)).toBeGreaterThan(0.4);
    expect(utilisation(ended, 0.25)).toBeLessThanOrEqual(0.55);
    for (const latency of p95Ms.slice(14)) expect(latency).toBeLessThan(50);
  });

  test('without chance it does what its formula says', async () => {
    const { replicas } = await closeLoop({
      ...{ ...loop, rate: step('100/s', '300/s'), arrivals: 'even', isSteady: true, timeCompression: 10, minutes: 20 },
    });

    // Two that are full ask for 4, which are full as well, because of what has piled up, and ask for 8. 3 cores at 50 % are 6 replicas: so many stay
    // when the window of 5 minutes has passed.
    expect(replicas).toEqual([...new Array<number>(10).fill(2), ...new Array<number>(6).fill(8), 6, 6, 6, 6]);
  });

  test('does nothing inside its tolerance, and acts outside of it', async () => {
    const steady: LoopOptions = { ...loop, arrivals: 'even', isSteady: true, replicas: 4, minutes: 20 };
    const at = async (rate: string): Promise<readonly number[]> => (await closeLoop({ ...steady, rate })).replicas;

    // 4 replicas at 50 % carry 200 requests per second: from 180 to 220 nothing is done.
    expect(await at('184/s')).toEqual(new Array(20).fill(4));
    expect(await at('216/s')).toEqual(new Array(20).fill(4));
    expect((await at('226/s')).at(-1)).toBe(5);
    expect((await at('140/s')).at(-1)).toBe(3);
  });

  test('recovers from a spike: up, and down to what it was when the window of 5 minutes has passed', async () => {
    const { replicas, p95Ms } = await closeLoop({ ...loop, replicas: 3, rate: spike('100/s', '300/s') });

    expect(Math.max(...replicas)).toBeGreaterThanOrEqual(5);
    expect(replicas.slice(20)).toEqual(new Array(20).fill(3));
    expect(reversals(replicas)).toBe(1);
    for (const latency of p95Ms.slice(20)) expect(latency).toBeLessThan(50);
  });
});

describe('showar, horizontal and rebased', () => {
  // Two replicas at 60 % wait some 20 ms at p95. A band as wide as that holds a whole number of replicas.
  const horizontal = { reading: 'rebased', target: '20ms', alpha: '200 %' };
  const showar = (changes: object = {}): LoopOptions['policy'] => ({
    ...{ name: 'showar', vertical: 'off', horizontal: { ...horizontal, ...changes } },
  });
  const loop: LoopOptions = { policy: showar(), rate: '120/s', replicas: 2, timeCompression: 10, minutes: 25 };

  test('does nothing while the wait is inside the dead band', async () => {
    const { changes, p95Ms } = await closeLoop(loop);

    expect(changes).toEqual([]);
    // It is not that nothing moved.
    expect(Math.max(...p95Ms) - Math.min(...p95Ms)).toBeGreaterThan(2);
  });

  test('settles after a step', async () => {
    const { replicas, p95Ms } = await closeLoop({ ...loop, rate: step('120/s', '180/s') });

    expect(replicas.slice(0, 10)).toEqual(new Array(10).fill(2));
    expect(replicas.slice(20)).toEqual(new Array(5).fill(3));
    expect(reversals(replicas)).toBeLessThanOrEqual(1);
    for (const latency of p95Ms.slice(14)) expect(latency).toBeLessThan(70);
  });

  test('recovers from a spike, one replica a minute', async () => {
    const { replicas } = await closeLoop({ ...loop, rate: spike('120/s', '240/s'), minutes: 30 });

    expect(Math.max(...replicas)).toBeGreaterThanOrEqual(4);
    expect(Math.max(...replicas)).toBeLessThanOrEqual(10);
    expect(replicas.slice(25)).toEqual(new Array(5).fill(2));
    expect(reversals(replicas)).toBe(1);
  });

  test('an integral without a window winds up: after the same spike it goes to the bound and does not come back', async () => {
    const unbounded = { ...loop, policy: showar({ integralWindow: 'unbounded' }), rate: spike('120/s', '240/s') };
    const { replicas, changes } = await closeLoop({ ...unbounded, minutes: 30 });

    // Every minute one more, although nobody waits any more: an error is at least minus the target, and was a hundred times that.
    expect(replicas.slice(14)).toEqual(
      Array.from({ length: 16 }, (_, minute) => Math.min(20, (replicas[14] ?? NaN) + minute)),
    );
    expect(replicas.at(-1)).toBe(20);
    const { observationMs, errorMs, outputMs } = changes.at(-1)?.decision.reason.numbers ?? {};
    expect(observationMs).toBeLessThan(1);
    expect(errorMs).toBeLessThan(-19);
    expect(outputMs).toBeGreaterThan(20);
  });

  test('a clamp of the integral is a way out', async () => {
    const policy = showar({ integralWindow: 'unbounded', integralClamp: '60ms' });
    const { replicas } = await closeLoop({ ...loop, policy, rate: spike('120/s', '240/s'), minutes: 30 });

    expect(Math.max(...replicas)).toBeLessThan(10);
    expect(replicas.at(-1)).toBeLessThan(5);
  });

  test('the published dead band of 20 % lies between two replicas and three: it goes to and fro', async () => {
    const { replicas } = await closeLoop({ ...loop, policy: showar({ target: '15ms', alpha: '20 %' }) });

    expect(reversals(replicas)).toBeGreaterThan(10);
    expect(Math.max(...replicas)).toBeLessThanOrEqual(4);
  });
});

test('no policy leaves the bounds, whatever the load does', async () => {
  const policies: readonly LoopOptions['policy'][] = [
    { name: 'hpa', metrics: [{ cpu: '50 %' }] },
    { name: 'hpa', metrics: [{ cpu: '30 %' }], behavior: {} },
    { name: 'showar' },
    { name: 'showar', vertical: 'off', horizontal: { reading: 'rebased', integralWindow: 'unbounded', beta: '100 %' } },
  ];
  const rates = fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 4, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...policies),
      rates,
      fc.integer({ min: 1, max: 1000 }),
      async (policy, load, seed) => {
        const steps = load.map((rate) => ({ for: '3m', rate: `${rate}/s` }));
        const { samples } = await closeLoop({
          ...{ policy, rate: { shape: 'steps', steps }, replicas: 3, least: 2, most: 5, seed },
          ...{ timeCompression: 30, minutes: 12 },
        });
        for (const { services } of samples) {
          for (const { wanted, replicas } of services ?? []) {
            expect(wanted).toBeGreaterThanOrEqual(2);
            expect(wanted).toBeLessThanOrEqual(5);
            for (const { cpuLimitCores, memoryLimitBytes } of replicas) {
              expect(cpuLimitCores).toBeGreaterThanOrEqual(0.01);
              expect(memoryLimitBytes).toBeGreaterThanOrEqual(8 * 1024 ** 2);
              expect(memoryLimitBytes).toBeLessThanOrEqual(64 * 1024 ** 2);
            }
          }
        }
      },
    ),
    { numRuns: 12, seed: 5 },
  );
});
