import { expect, test } from 'vitest';
import { loadText } from '../../../harness/plan/load-text.ts';
import type { PlannedLoad } from '../../../harness/plan/plan.ts';
import { loadOf } from '../../rig/recorded.ts';

test.each<[Partial<PlannedLoad>, string]>([
  [{ rate: { kind: 'constant', perSecond: 2.5 }, mix: 'both' }, '2.5/s, Poisson, mix both'],
  [
    {
      rate: {
        kind: 'steps',
        steps: [
          { perSecond: 5, durationMs: 30_000 },
          { perSecond: 9, durationMs: 1500 },
        ],
      },
      arrivals: { kind: 'even' },
    },
    '5/s for 30 s, then 9/s for 1.5 s, evenly spaced',
  ],
  [{ rate: { kind: 'ramp', fromPerSecond: 1, toPerSecond: 9, durationMs: 60_000 } }, '1/s to 9/s over 1 min, Poisson'],
  [
    { rate: { kind: 'sine', meanPerSecond: 10, amplitudePerSecond: 5, periodMs: 2000 } },
    '10 ± 5/s, period 2 s, Poisson',
  ],
  [
    { rate: { kind: 'diurnal', lowPerSecond: 1, highPerSecond: 20, dayMs: 600_000 } },
    '1/s to 20/s in days of 10 min, Poisson',
  ],
  [
    {
      rate: {
        ...{ kind: 'spike', basePerSecond: 5, peakPerSecond: 50 },
        ...{ atMs: 2000, riseMs: 0, holdMs: 1000, fallMs: 0 },
      },
      arrivals: { kind: 'bursty', burstFactor: 5, burstMs: 500, calmMs: 2000 },
    },
    '5/s, a spike of 50/s at 2 s, bursts of 5 times the rate',
  ],
  [
    { rate: { kind: 'trace', file: 'day.csv', perSecond: [1], scale: 0.5, stepMs: 1000 } },
    'rates of day.csv times 0.5, Poisson',
  ],
  [{ rate: { kind: 'trace', file: 'day.csv', perSecond: [1], scale: 1, stepMs: 1000 } }, 'rates of day.csv, Poisson'],
  [{ arrivals: { kind: 'instants', file: 'at.txt', atMs: [1] } }, 'instants of at.txt'],
])('%j', (changes, text) => {
  expect(loadText({ ...loadOf('low', 1), ...changes })).toBe(text);
});
