import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makePlan, planText } from '../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import { planShape } from '../../../harness/store/plan-shape.ts';
import { hasShape } from '../../../harness/store/shape.ts';
import { arbitraryProfile } from '../profile/arbitrary-profile.ts';
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

const plan = planText(
  makePlan(
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
  ),
);

/** Paths of all values in it, but those of the model, of which only a part is looked at. */
function pathsOf(value: unknown, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value !== 'object' || value === null || path.at(-1) === 'model') return [path];
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
    for (const wrong of [{ no: 'such thing' }, undefined]) {
      expect([path, isPlan(changed(path, wrong, value))]).toEqual([path, false]);
    }
  }
});
