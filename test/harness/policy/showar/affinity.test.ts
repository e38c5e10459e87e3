import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { correlation } from '../../../../harness/policy/showar/correlation.ts';
import { asked, chainContext, mebibytes, refusalOf, Run, type Doing } from './showar-rig.ts';

const wave = Array.from({ length: 300 }, (_, index) => Math.sin(index / 7));
const other = Array.from({ length: 300 }, (_, index) => Math.sin(index / 3 + 1));
const constant = new Array<number>(300).fill(0.3);

describe('the correlation', () => {
  test('of identical vectors is 1, and of mirrored ones -1', () => {
    expect(correlation(wave, wave)).toBeCloseTo(1, 12);
    expect(
      correlation(
        wave,
        wave.map((value) => 5 - 3 * value),
      ),
    ).toBeCloseTo(-1, 12);
  });

  test('with a constant vector there is none, dust of arithmetic included', () => {
    expect(correlation(constant, wave)).toBeNull();
    const dust = constant.map((value, index) => value + (index % 2) * 1e-16);
    expect(correlation(wave, dust)).toBeNull();
    expect(correlation(new Array<number>(300).fill(0), wave)).toBeNull();
  });

  test('is of the places where both have a value, and needs half of them', () => {
    const gaps = wave.map((value, index) => (index % 3 === 0 ? null : value));
    expect(correlation(gaps, wave)).toBeCloseTo(1, 12);
    expect(
      correlation(
        wave.map((value, index) => (index < 149 ? value : null)),
        wave,
      ),
    ).toBeNull();
    expect(correlation([1], [1])).toBeNull();
    expect(correlation([], [])).toBeNull();
  });

  test('lies from -1 to 1, and is the same both ways round', () => {
    const vector = fc.array(fc.double({ min: -1e150, max: 1e150, noNaN: true }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(vector, vector, (a, b) => {
        const rho = correlation(a, b);
        if (rho === null) return;
        expect(Math.abs(rho)).toBeLessThanOrEqual(1);
        expect(correlation(b, a)).toBeCloseTo(rho, 9);
      }),
    );
  });
});

type Vectors = Readonly<Record<string, { readonly cpu?: readonly number[]; readonly memory?: readonly number[] }>>;

/** What services do in each second, after vectors around a middle. */
const doingsOf =
  (vectors: Vectors) =>
  (second: number): Readonly<Record<string, Doing>> =>
    Object.fromEntries(
      Object.entries(vectors).map(([name, { cpu = constant, memory = constant }]): [string, Doing] => [
        name,
        { cores: 0.5 + 0.1 * (cpu[second] ?? 0), bytes: mebibytes(32) * (1 + 0.1 * (memory[second] ?? 0)) },
      ]),
    );

function runOf(names: readonly string[], affinity: object | 'on' = 'on'): Run {
  const context = chainContext(Object.fromEntries(names.map((name) => [name, []])));
  return new Run({ vertical: 'off', horizontal: 'off', affinity }, context);
}

const mirrored = wave.map((value) => -value);
/** A vector whose correlation with `wave` is rho: `other` without what it shares with `wave`, mixed in. */
function correlated(rho: number, side = 1): number[] {
  const norm = (values: readonly number[]): number[] => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const size = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0));
    return values.map((value) => (value - mean) / size);
  };
  const base = norm(wave);
  const raw = norm(other);
  const shared = raw.reduce((sum, value, index) => sum + value * (base[index] ?? 0), 0);
  const apart = norm(raw.map((value, index) => value - shared * (base[index] ?? 0)));
  return base.map((value, index) => 10 * (rho * value + side * Math.sqrt(1 - rho * rho) * (apart[index] ?? 0)));
}

test('CPU that goes opposite ways places together, memory that grows at the same time places apart, and nothing else does', () => {
  const rulesOf = (vectors: Vectors): string[] => runOf(['a', 'b']).step(doingsOf(vectors)).map(asked);
  expect(rulesOf({ a: { cpu: wave }, b: { cpu: mirrored } })).toEqual(['a together b']);
  expect(rulesOf({ a: { cpu: wave }, b: { cpu: wave } })).toEqual([]);
  expect(rulesOf({ a: { memory: wave }, b: { memory: wave } })).toEqual(['a apart b']);
  expect(rulesOf({ a: { memory: wave }, b: { memory: mirrored } })).toEqual([]);
});

test('a constant vector makes no rule', () => {
  expect(runOf(['a', 'b']).step(doingsOf({ a: { cpu: wave, memory: wave }, b: {} }))).toEqual([]);
});

test('the reason of a rule has its correlation', () => {
  const [decision] = runOf(['a', 'b']).step(doingsOf({ a: { memory: wave }, b: { memory: correlated(0.9) } }));
  expect(decision?.reason).toEqual({
    rule: 'correlated',
    numbers: { resource: 'memory', rho: expect.closeTo(0.9, 6) as number, threshold: 0.8, samples: 300 },
  });
});

test('below 0.8 there is no rule', () => {
  const rules = (rho: number): number =>
    runOf(['a', 'b']).step(doingsOf({ a: { memory: wave }, b: { memory: correlated(rho) } })).length;
  expect([rules(0.79), rules(0.81)]).toEqual([0, 1]);
});

test('the strongest correlation is taken first, and a service is in one rule only', () => {
  const vectors: Vectors = {
    a: { memory: wave },
    b: { memory: correlated(0.85) },
    c: { memory: correlated(0.95, -1) },
    d: { memory: other },
  };
  expect(runOf(['a', 'b', 'c', 'd']).step(doingsOf(vectors)).map(asked)).toEqual(['a apart c']);
});

describe('a rule of 0.9', () => {
  const after = (rho: number | null): string[] => {
    const run = runOf(['a', 'b']);
    run.step(doingsOf({ a: { memory: wave }, b: { memory: correlated(0.9) } }));
    const memory = rho === null ? constant : correlated(rho);
    return run.step(doingsOf({ a: { memory: wave }, b: { memory } })).map(asked);
  };

  test('is withdrawn at 0.7, a change of 22 %, and kept at 0.8, one of 11 %', () => {
    expect(after(0.7)).toEqual(['a none b']);
    expect(after(0.8)).toEqual([]);
  });

  test('is withdrawn when there is no correlation any more', () => {
    expect(after(null)).toEqual(['a none b']);
  });

  test('leaves its services free from the next time on', () => {
    const run = runOf(['a', 'b']);
    const steps = [0.9, 0.7, 0.9].map((rho) =>
      run.step(doingsOf({ a: { memory: wave }, b: { memory: correlated(rho) } })).map(asked),
    );
    expect(steps).toEqual([['a apart b'], ['a none b'], ['a apart b']]);
  });

  test('that was refused binds nobody', () => {
    const run = runOf(['a', 'b']);
    const doings = doingsOf({ a: { memory: wave }, b: { memory: correlated(0.9) } });
    const decisions = run.step(doings);
    expect(run.step(doings, decisions.map(refusalOf)).map(asked)).toEqual(['a apart b']);
  });
});

test('in any run no service is in two rules at once, and every number is one', () => {
  const names = ['a', 'b', 'c', 'd', 'e'];
  const level = fc.constantFrom(-1, 0, 1);
  const round = fc.array(fc.array(level, { minLength: 12, maxLength: 12 }), { minLength: 10, maxLength: 10 });
  fc.assert(
    fc.property(fc.array(round, { minLength: 1, maxLength: 4 }), (rounds) => {
      const context = chainContext(Object.fromEntries(names.map((name) => [name, []])), { sampleMs: 25_000 });
      const run = new Run({ vertical: 'off', horizontal: 'off', affinity: { threshold: 0.4 } }, context);
      const active = new Map<string, string>();
      for (const vectors of rounds) {
        const doings = doingsOf(
          Object.fromEntries(
            names.map((name, index) => [name, { cpu: vectors[index] ?? [], memory: vectors[index + 5] ?? [] }]),
          ),
        );
        for (const decision of run.step(doings)) {
          if (decision.kind !== 'placement') throw new Error(decision.kind);
          const pair = [decision.service, decision.with];
          if (decision.rule === 'none') expect(pair.every((name) => active.delete(name))).toBe(true);
          else expect(pair.filter((name) => active.has(name))).toEqual([]);
          if (decision.rule !== 'none') for (const name of pair) active.set(name, decision.rule);
          for (const number of Object.values(decision.reason.numbers)) expect(number).not.toBeNaN();
        }
      }
    }),
    { numRuns: 50 },
  );
});
