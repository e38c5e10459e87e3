import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePlan, planText } from '../../../harness/plan/make-plan.ts';
import type { Overrides, Plan, PolicySpec } from '../../../harness/plan/plan.ts';
import { planShape } from '../../../harness/store/plan-shape.ts';
import { hasShape } from '../../../harness/store/shape.ts';
import { arbitraryProfile } from '../profile/arbitrary-profile.ts';
import { applicationOf, modelNamed } from '../../rig/recorded-application.ts';
import { policyOf } from '../../rig/simulated-control.ts';
import { applicationProfileText, loaded } from '../profile/profile-text.ts';

const isPlan = (value: unknown): boolean => hasShape<Plan>(value, planShape);

test('every plan has the shape of one when it is read again', () => {
  fc.assert(
    fc.property(arbitraryProfile, (profile) => {
      expect(isPlan(JSON.parse(planText(makePlan({ ...profile, blocks: 1 }, 'a'))))).toBe(true);
    }),
    { numRuns: 60 },
  );
});

const made = makePlan(
  loaded(
    applicationProfileText({
      faults: 'faults: [{ stop: echo, at: 1s, for: 1s }]',
      driver: 'driver: { connections: { maxAge: 1s } }',
      loads: `loads:
  - { name: a, rate: { shape: steps, steps: [{ rate: 1/s, for: 1s }] }, arrivals: { process: bursty, factor: 2, burst: 1s, calm: 1s } }
  - { name: b, rate: { shape: spike, base: 1/s, peak: 2/s, at: 1s, hold: 1s } }
  - { name: c, arrivals: { process: instants, file: x, instants: "1" } }`,
    }),
  ),
  'a',
);
const range = { least: 1, most: 2 };
const [first, second] = made.arms;
const policy: PolicySpec = policyOf('hpa', {
  published: [{ claim: '', against: '', setUp: '', source: '', comparable: { metric: 'cost', against: 'static' } }],
});
const overrides: Overrides = {
  ...{ source: 'none', driver: applicationOf(modelNamed('echo')).driver, canary: { ratePerSecond: 1, workMicros: 1 } },
  faults: [{ kind: 'kill', service: 'echo', atMs: 1 }],
};
const hypothesis = { arm: 'a', against: 'b', metric: 'cost' } as const;
/** Everything that a plan may hold. */
const plan = planText({
  ...made,
  arms: [first, second].flatMap((arm) => (arm === undefined ? [] : [{ ...arm, policy, overrides }])),
  bounds: Object.fromEntries([['echo', { replicas: range, cpuCores: range, memoryBytes: range }]]),
  prices: { coreHour: 1, gigabyteHour: 1 },
  hypotheses: [
    { ...hypothesis, margin: { kind: 'share', share: 0.05 } },
    { ...hypothesis, margin: { kind: 'value', value: 2 } },
  ],
});

/** Only a part of the model is looked at, and nothing of the options of a policy, which are its own. */
const opaque: ReadonlySet<string | number | undefined> = new Set(['model', 'written', 'options']);
const isOptional = (path: readonly (string | number)[]): boolean =>
  path.at(-2) === 'overrides' || path.at(-1) === 'published' || path.at(-1) === 'comparable';
/** Fields that nobody knows do no harm, and here there are no others that must be there. */
const isAnyMapping = (path: readonly (string | number)[]): boolean =>
  ['written', 'options', 'overrides'].some((name) => name === path.at(-1));

/** Paths of all values in it, but those inside of what is not looked at. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null || opaque.has(path.at(-1))) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...(path.length === 0 ? [] : [path]), ...entries.flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

/** The plan with another value there. */
function changed([first, ...rest]: readonly (string | number)[], by: unknown, value: unknown): unknown {
  if (first === undefined) return by;
  if (Array.isArray(value)) return value.map((one: unknown, index) => (index === first ? changed(rest, by, one) : one));
  return Object.fromEntries(
    Object.entries(value as object).map(([key, one]) => [key, key === first ? changed(rest, by, one) : one]),
  );
}

test('no value of it may be of another kind: nothing in a folder is believed before it was looked at', () => {
  const value: unknown = JSON.parse(plan);
  expect(isPlan(value)).toBe(true);
  const paths = pathsOf(value);
  expect(paths.length).toBeGreaterThan(100);

  for (const path of paths) {
    const wrong = isAnyMapping(path) ? 7 : { no: 'such thing' };
    for (const by of isOptional(path) ? [wrong] : [wrong, undefined]) {
      expect([path, isPlan(changed(path, by, value))]).toEqual([path, false]);
    }
  }
});
