import fc from 'fast-check';
import { expect, test } from 'vitest';
import { adaptGains } from '../../../../harness/policy/showar/gain-adaptation.ts';

const gains = { proportional: 1 / 3, integral: 1 / 3, derivative: 1 / 3 };
const [inside, outside] = [15, 30];

test('far from the target, kP and kI are raised by a tenth', () => {
  expect(adaptGains(gains, [outside], 15)).toEqual({ proportional: 1.1 / 3, integral: 1.1 / 3, derivative: 1 / 3 });
  expect(adaptGains(gains, [inside, 1], 15)).toEqual({ proportional: 1.1 / 3, integral: 1.1 / 3, derivative: 1 / 3 });
});

test('within a tenth of the target, ends included, nothing changes', () => {
  for (const observation of [13.5, 15, 16.5]) expect(adaptGains(gains, [outside, observation], 15)).toEqual(gains);
  expect(adaptGains(gains, [16.51], 15)).not.toEqual(gains);
});

test('an observation that left the band and came back three times in ten steps lowers kD by a tenth', () => {
  const fluctuating = [inside, outside, inside, outside, inside, outside, inside];
  expect(adaptGains(gains, fluctuating, 15)).toEqual({ ...gains, derivative: gains.derivative * 0.9 });
  expect(adaptGains(gains, [...fluctuating, outside], 15)).toEqual({ ...gains, derivative: gains.derivative * 0.9 });
});

test('twice is not fluctuating, and coming in for the first time is no return', () => {
  expect(adaptGains(gains, [inside, outside, inside, outside, inside], 15)).toEqual(gains);
  expect(adaptGains(gains, [outside, inside, outside, inside, outside, inside], 15)).toEqual(gains);
});

test('what is more than ten steps back is forgotten', () => {
  const old = [inside, outside, inside, outside, inside, outside, inside];
  expect(adaptGains(gains, [...old, inside, inside, inside, inside, inside], 15)).toEqual(gains);
});

test('gains stay from 0 to 10, and each change is a factor of exactly 1.1 or 0.9', () => {
  const gain = fc.double({ min: 0, max: 10, noNaN: true });
  fc.assert(
    fc.property(
      fc.record({ proportional: gain, integral: gain, derivative: gain }),
      fc.array(fc.array(fc.constantFrom(inside, outside, 0), { minLength: 1, maxLength: 12 }), { maxLength: 60 }),
      (start, rounds) => {
        let now = start;
        for (const observations of rounds) {
          const next = adaptGains(now, observations, 15);
          for (const name of ['proportional', 'integral', 'derivative'] as const) {
            expect([now[name], now[name] * 1.1, now[name] * 0.9]).toContain(next[name]);
            expect(next[name]).toBeGreaterThanOrEqual(0);
            expect(next[name]).toBeLessThanOrEqual(10);
          }
          now = next;
        }
      },
    ),
  );
});

test('a gain that would leave the range stays where it is', () => {
  expect(adaptGains({ proportional: 9.5, integral: 9, derivative: 1 }, [outside], 15)).toEqual({
    proportional: 9.5,
    integral: 9 * 1.1,
    derivative: 1,
  });
});
