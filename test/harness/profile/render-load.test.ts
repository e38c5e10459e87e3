import { describe, expect, test } from 'vitest';
import type { Load } from '../../../harness/profile/load.ts';
import { renderLoad } from '../../../harness/profile/render-load.ts';
import { decimal } from '../../../harness/profile/render-quantity.ts';

const load = (changes: Partial<Load>): Load => ({
  name: 'low',
  rate: { kind: 'constant', perSecond: 2.5 },
  arrivals: { kind: 'poisson' },
  mix: null,
  ...changes,
});

describe('every shape is written as a profile writes it', () => {
  test.each<[Load['rate'], unknown]>([
    [{ kind: 'constant', perSecond: 1 / 3 }, '0.333333333333/s'],
    [
      {
        kind: 'steps',
        steps: [
          { perSecond: 0, durationMs: 500 },
          { perSecond: 1e6, durationMs: 0.001 },
        ],
      },
      {
        shape: 'steps',
        steps: [
          { rate: '0/s', for: '500ms' },
          { rate: '1000000/s', for: '1us' },
        ],
      },
    ],
    [
      { kind: 'ramp', fromPerSecond: 1, toPerSecond: 9, durationMs: 60_000 },
      { shape: 'ramp', from: '1/s', to: '9/s', over: '60s' },
    ],
    [
      { kind: 'sine', meanPerSecond: 10, amplitudePerSecond: 5, periodMs: 1500 },
      { shape: 'sine', mean: '10/s', amplitude: '5/s', period: '1500ms' },
    ],
    [
      { kind: 'diurnal', lowPerSecond: 1e-7, highPerSecond: 20, dayMs: 86_400_000 },
      { shape: 'diurnal', low: '0.0000001/s', high: '20/s', day: '86400s' },
    ],
    [
      { kind: 'spike', basePerSecond: 5, peakPerSecond: 50, atMs: 1000, riseMs: 0, holdMs: 2000, fallMs: 1.5 },
      { shape: 'spike', base: '5/s', peak: '50/s', at: '1s', rise: '0s', hold: '2s', fall: '1500us' },
    ],
    [
      { kind: 'trace', file: 'day.csv', perSecond: [1, 0.1 + 0.2, 2e-8], scale: 0.5, stepMs: 1000 },
      { shape: 'trace', file: 'day.csv', rates: '1\n0.30000000000000004\n0.00000002\n', scale: 0.5 },
    ],
  ])('%j', (rate, expected) => {
    expect(renderLoad(load({ rate }))).toEqual({ name: 'low', rate: expected, arrivals: 'poisson' });
  });
});

describe('every process is written as a profile writes it', () => {
  test.each<[Load['arrivals'], unknown]>([
    [{ kind: 'poisson' }, 'poisson'],
    [{ kind: 'even' }, 'even'],
    [
      { kind: 'bursty', burstFactor: 5, burstMs: 500, calmMs: 2000 },
      { process: 'bursty', factor: 5, burst: '500ms', calm: '2s' },
    ],
  ])('%j', (arrivals, expected) => {
    expect(renderLoad(load({ arrivals, mix: 'both' }))).toEqual({
      name: 'low',
      rate: '2.5/s',
      arrivals: expected,
      mix: 'both',
    });
  });

  test('instants make their own rate, so none is written', () => {
    const arrivals: Load['arrivals'] = { kind: 'instants', file: 'a.txt', atMs: [0, 0.001, 1234.567] };

    expect(
      renderLoad(
        load({ arrivals, rate: { kind: 'trace', file: 'a.txt', perSecond: [2, 1, 0], scale: 1, stepMs: 1000 } }),
      ),
    ).toEqual({
      name: 'low',
      arrivals: { process: 'instants', file: 'a.txt', instants: '0\n0.000001\n1.234567\n' },
    });
  });
});

test.each([
  [0, '0'],
  [12.5, '12.5'],
  [1.25e-7, '0.000000125'],
  [5e-324, `0.${'0'.repeat(323)}5`],
  [1e6, '1000000'],
])('%d has no exponent when it is written', (value, text) => {
  expect(decimal(value)).toBe(text);
  expect(Number(text)).toBe(value);
});
