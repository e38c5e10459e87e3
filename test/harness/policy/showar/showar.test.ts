import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { admitDecisions } from '../../../../harness/policy/admit-decision.ts';
import { showarKind } from '../../../../harness/policy/showar/showar.ts';
import type { PolicyContext } from '../../../../harness/policy/port.ts';
import type { Decision } from '../../../../harness/telemetry/action.ts';
import { asked, chainContext, mebibytes, Run, sampleOf, type Doing } from './showar-rig.ts';

const calls = { front: ['middle', 'back'], middle: ['back'], back: [] };
const names = Object.keys(calls);

const doing: fc.Arbitrary<Doing> = fc.record({
  wanted: fc.integer({ min: 0, max: 30 }),
  cores: fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 1, maxLength: 3 }),
  bytes: fc.nat(2 ** 31),
  waitMs: fc.option(fc.array(fc.double({ min: 0, max: 9000, noNaN: true }), { maxLength: 4 }), { nil: undefined }),
  oomKills: fc.nat(1),
  state: fc.constantFrom('ready', 'ready', 'starting', 'draining', 'ended'),
});
const steps = fc.array(fc.record({ front: doing, middle: doing, back: doing }), { minLength: 1, maxLength: 6 });

const options: fc.Arbitrary<object> = fc.record({
  signal: fc.constantFrom('all', 'contention'),
  hold: fc.constantFrom(null, '1s', '2m'),
  vertical: fc.oneof(
    fc.constant('off'),
    fc.record({
      k: fc.constantFrom(0, 3),
      oneCoreRule: fc.constantFrom(null, '1 core'),
      size: fc.constantFrom('both', 'limit', 'request'),
      samples: fc.constantFrom('mean-of-replicas', 'per-pod'),
      changeBase: fc.constantFrom('applied', 'evaluated'),
      partialWindow: fc.constantFrom('act', 'wait'),
      window: fc.constantFrom('60s', '5m'),
    }),
  ),
  horizontal: fc.record({
    reading: fc.constantFrom('literal', 'rebased'),
    design: fc.constantFrom('one-for-each', 'one-for-all'),
    adaptation: fc.constantFrom('fixed', 'adaptive'),
    integralWindow: fc.constantFrom('unbounded', 1, 5),
    integralClamp: fc.constantFrom(null, '45ms'),
    beta: fc.constantFrom('0 %', '10 %', '100 %'),
    rounding: fc.constantFrom('floor', 'round', 'ceil'),
    observation: fc.constantFrom('mean-of-p95s', 'p95-of-all'),
  }),
  affinity: fc.constantFrom('on', 'off'),
});

/** With few samples, so that many runs are quick. */
const context = (): PolicyContext => {
  const base = chainContext(calls, { sampleMs: 10_000 });
  const [front] = Object.values(base.allocation);
  if (front === undefined) throw new Error('no allocation');
  const none = { ...front, cpuLimitCores: null, cpuRequestCores: null, memoryLimitBytes: null };
  return { ...base, allocation: { ...base.allocation, back: none } };
};

const runAll = (written: object, doings: readonly Readonly<Record<string, Doing>>[]): (readonly Decision[])[] => {
  const run = new Run(written, context());
  return doings.map((one) => run.step(one));
};

describe('whatever services do, and whatever is chosen', () => {
  test('no decision leaves the bounds, asks for what is no number, or comes without a reason', () => {
    const { bounds } = context();
    fc.assert(
      fc.property(options, steps, (written, doings) => {
        for (const decision of runAll(written, doings).flat()) {
          const of = bounds[decision.service];
          if (of === undefined) throw new Error(decision.service);
          expect(decision.reason.rule).not.toBe('');
          expect(Object.keys(decision.reason.numbers).length).toBeGreaterThan(2);
          for (const value of Object.values(decision.reason.numbers)) {
            if (typeof value === 'number') expect(value).toSatisfy(Number.isFinite);
          }
          const within = (value: number, { least, most }: { least: number; most: number }): void => {
            expect(value).toBeGreaterThanOrEqual(least);
            expect(value).toBeLessThanOrEqual(most);
          };
          if (decision.kind === 'replicas') {
            within(decision.replicas, of.replicas);
            expect(decision.replicas).toSatisfy(Number.isInteger);
          }
          if (decision.kind === 'memory') {
            within(decision.limitBytes, of.memoryBytes);
            expect(decision.limitBytes).toSatisfy(Number.isInteger);
          }
          if (decision.kind === 'cpu') {
            within(decision.limitCores, of.cpuCores);
            within(decision.requestCores ?? decision.limitCores, { least: 0, most: decision.limitCores });
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the harness admits every decision', () => {
    fc.assert(
      fc.property(options, steps, (written, doings) => {
        for (const decisions of runAll(written, doings)) {
          const refused = admitDecisions(decisions, context()).filter(({ kind }) => kind !== 'admitted');
          expect(refused).toEqual([]);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('no service is resized and scaled in one step, and no size or count is decided twice', () => {
    fc.assert(
      fc.property(options, steps, (written, doings) => {
        for (const decisions of runAll(written, doings)) {
          const kinds = (service: string): string[] =>
            decisions.filter((one) => one.service === service && one.kind !== 'placement').map(({ kind }) => kind);
          for (const service of names) {
            expect([[], ['replicas'], ['cpu'], ['memory'], ['cpu', 'memory']]).toContainEqual(kinds(service));
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('the same samples lead to the same decisions', () => {
    fc.assert(
      fc.property(options, steps, (written, doings) => {
        expect(runAll(written, doings)).toEqual(runAll(written, doings));
      }),
      { numRuns: 40 },
    );
  });

  test('no decision asks for the replicas that are there already', () => {
    fc.assert(
      fc.property(options, steps, (written, doings) => {
        runAll(written, doings).forEach((decisions, index) => {
          for (const decision of decisions) {
            if (decision.kind === 'replicas')
              expect(decision.replicas).not.toBe(doings[index]?.[decision.service as 'front']?.wanted);
          }
        });
      }),
      { numRuns: 40 },
    );
  });
});

test('inside of both dead bands nothing is done, however long', () => {
  fc.assert(
    fc.property(
      // Errors of at most 5 % of the target: with all gains together, the output stays within 10 % of it.
      fc.array(fc.double({ min: 14.6, max: 15.4, noNaN: true }), { minLength: 3, maxLength: 20 }),
      fc.double({ min: 0.9, max: 1, noNaN: true }),
      (waits, cores) => {
        const horizontal = { reading: 'rebased', integralWindow: 1, target: '15ms', alpha: '40 %' };
        const steady = { cores, bytes: mebibytes(64) };
        const doings = waits.map((waitMs) => ({
          ...{ front: { ...steady, waitMs }, middle: { ...steady, waitMs } },
          back: { ...steady, waitMs },
        }));
        const given = chainContext(calls, { sampleMs: 10_000 });
        const run = new Run({ vertical: { oneCoreRule: null }, horizontal }, given);
        expect(doings.flatMap((one) => run.step(one)).map(asked)).toEqual([]);
      },
    ),
  );
});

test('a longer wait never leads to fewer replicas', () => {
  const wait = fc.double({ min: 0.01, max: 3000, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(wait, { maxLength: 5 }),
      wait,
      wait,
      fc.constantFrom('literal', 'rebased'),
      (before, a, b, reading) => {
        const after = (last: number): number => {
          const waits = [...before, last];
          const run = new Run(
            { vertical: 'off', horizontal: { reading } },
            chainContext({ one: [] }, { sampleMs: 10_000 }),
          );
          const decisions = waits.map((waitMs) => run.step({ one: { wanted: 15, waitMs } })).at(-1) ?? [];
          return decisions.map((one) => (one.kind === 'replicas' ? one.replicas : NaN))[0] ?? 15;
        };
        expect(after(Math.max(a, b))).toBeGreaterThanOrEqual(after(Math.min(a, b)));
      },
    ),
  );
});

test('compressed by k, it decides the same k times as often', () => {
  const decisions = [1, 60].map((k) => {
    const compressed = (seconds: number): number => (seconds * 1000) / k;
    const run = new Run(
      { affinity: 'on' },
      chainContext(calls, { timeCompression: k, sampleMs: 6000 / k, compressed }),
    );
    const busy = (step: number): Doing => ({ wanted: 4, cores: 0.3 + 0.1 * (step % 3), waitMs: 10 * step });
    return [0, 1, 2, 3, 4, 5, 6].map((step) =>
      run.step({ front: busy(step), middle: busy(step + 1), back: {} }).map(asked),
    );
  });
  expect(decisions[1]).toEqual(decisions[0]);
  expect(decisions[0]?.flat().length).toBeGreaterThan(5);
});

describe('intervals', () => {
  test('it is called as often as its fastest part, and each part decides in its own time', () => {
    const policy = showarKind.create(
      showarKind.options.parse({ vertical: { every: '3m' }, horizontal: { every: '90s' } }),
      chainContext(calls),
    );
    expect(policy.intervalMs).toBe(90_000);
    const run = new Run({ vertical: { every: '2m' } }, chainContext({ one: [] }));
    const kinds = [1, 2, 3, 4].map(() =>
      run.step({ one: { wanted: 4, cores: 0.9, bytes: mebibytes(20), waitMs: 300 } }),
    );
    expect(kinds.map((decisions) => decisions.map(({ kind }) => kind))).toEqual([
      ['replicas'],
      ['memory'],
      ['replicas'],
      ['replicas'],
    ]);
  });

  test('a step that comes a little early or late is still that step, and missed ones are not made up for', () => {
    const policy = showarKind.create(showarKind.options.parse({ vertical: 'off' }), chainContext({ one: [] }));
    const count = (nowMs: number): number =>
      policy.step({
        ...{ nowMs, pending: [], settled: [] },
        samples: [sampleOf(nowMs, 1000, { one: { wanted: 4, waitMs: 300 } })],
      }).length;
    expect([59_400, 120_700, 121_000, 300_000, 360_000].map(count)).toEqual([1, 1, 0, 1, 1]);
  });

  test('it is not called more often than there are samples', () => {
    const given = chainContext(calls, { timeCompression: 1000, compressed: (seconds) => seconds, sampleMs: 100 });
    expect(showarKind.create(showarKind.options.parse({}), given).intervalMs).toBe(100);
  });
});

test('samples without an application, or without run-queue waits, lead to nothing', () => {
  const policy = showarKind.create(showarKind.options.parse({ affinity: 'on' }), chainContext(calls));
  const empty = { ...sampleOf(60_000, 1000, {}), services: null, waits: null };
  expect(policy.step({ nowMs: 300_000, samples: [empty], pending: [], settled: [] })).toEqual([]);
});
