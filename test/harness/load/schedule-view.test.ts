import { describe, expect, test } from 'vitest';
import { makeSchedule } from '../../../harness/load/make-schedule.ts';
import { naturalDurationMs } from '../../../harness/load/natural-duration.ts';
import { plotRates, roundTop } from '../../../harness/load/rate-plot.ts';
import { ratesOverTime, summarizeSchedule } from '../../../harness/load/schedule-summary.ts';
import { scheduleView } from '../../../harness/load/schedule-view.ts';
import type { ArrivalProcess, Load, RateShape } from '../../../harness/profile/load.ts';

const ramp: RateShape = { kind: 'ramp', fromPerSecond: 0, toPerSecond: 100, durationMs: 40_000 };
const load = (rate: RateShape, arrivals: ArrivalProcess = { kind: 'even' }): Load => {
  return { name: 'any', rate, arrivals, mix: null };
};

function view(shown: Load, durationMs: number, columns: number, endpoints: readonly string[] | null = null): string {
  const weights = endpoints === null ? [1] : endpoints.map((_, index) => (index === 1 ? 0 : 1));
  const schedule = makeSchedule({ load: shown, durationMs, seed: 1, weights });
  return scheduleView(shown, schedule, summarizeSchedule(shown, schedule, durationMs, endpoints), columns);
}

test('a schedule is drawn with its rate over time, its counts and how they are spread', () => {
  expect(view(load(ramp), 60_000, 60, ['compose', 'none', 'read']))
    .toBe(`   100/s ┤                              ⢀⣠⠴⠋⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉⠉
         │                            ⣠⠴⠚
         │                         ⢠⠴⠚⠁
         │                      ⢀⡴⠚⠉
         │                   ⢀⣰⠚⠉
    50/s ┤                ·⣠⠞⠉
         │             ⢀⣠⠼⠉⠁
         │          ⢀⣀⡴⠋
         │        ⣠⠴⠚
         │     ⢠⠤⠞⠁
         │  ⢀⡤⠼⠉
     0/s ┤⣰⠒⠋
         └──────────────────────────────────────────────────
          0                      30 s                  1 min

requests            4000 drawn, 4000 expected, in 1 min
mean                66.7/s drawn, 66.7/s expected
busiest second      100 from 40 s on; highest rate 100/s at 40 s
index of dispersion of the counts in windows of
                        10 ms   100 ms      1 s     10 s
  around the rate        0.17     0.02     0.00     0.00
  around the mean        0.33     1.69     17.0      194
endpoints
  compose  2005, 50.1 %
  read     1995, 49.9 %
sha256              1814490cb5a1f667b98c62bfcdfad25ea792e4b38dd2b77ff8d9f6690664ffae
`);
});

test.each([10, 30, 59, 80, 500])('in %i columns no line is wider, but 30 are the least and 140 the most', (columns) => {
  const most = Math.max(30, Math.min(140, columns));
  const plot = view(load(ramp), 60_000, columns).split('\n').slice(0, 14);

  expect(Math.max(...plot.map((line) => line.length))).toBe(most);
});

test('a schedule without arrivals can be shown', () => {
  const text = view(load({ kind: 'steps', steps: [{ perSecond: 0, durationMs: 1000 }] }), 60_000, 60);

  expect(text).toContain('0 drawn, 0 expected, in 1 min');
  expect(text).toContain('busiest second      none; highest rate 0/s at 0 s');
  expect(text).toContain('  around the rate           -        -        -        -\n');
});

describe('the plot', () => {
  test('has two by four dots in a character, and joins them', () => {
    expect(plotRates({ drawn: [0, 1, 2, 3], expected: [], top: 3, rows: 1 })).toEqual(['⣠⠞']);
  });

  test('shows what was expected where nothing was drawn', () => {
    expect(plotRates({ drawn: [0, 0], expected: [7, 7], top: 7, rows: 2 })).toEqual(['·', '⣀']);
  });

  test('keeps values beyond its scale inside', () => {
    expect(plotRates({ drawn: [99, 99], expected: [-5, 99], top: 7, rows: 2 })).toEqual(['⠉', '·']);
  });

  test('has a round number on top', () => {
    expect([0, 0.3, 1, 99, 101, 131, 260, 999, 84_000].map(roundTop)).toEqual([
      1, 0.3, 1, 100, 150, 150, 300, 1000, 100_000,
    ]);
  });
});

test('rates over time are counts over the length of a part, beside the mean rate in it', () => {
  const schedule = makeSchedule({ load: load(ramp), durationMs: 40_000, seed: 1, weights: [1] });
  const { expected, drawn } = ratesOverTime(load(ramp), schedule, 40_000, 4);

  expect(expected.map((rate) => Number(rate.toPrecision(12)))).toEqual([12.5, 37.5, 62.5, 87.5]);
  expect(drawn.map((rate, part) => Math.abs(rate - (expected[part] ?? NaN)) < 0.1)).toEqual([true, true, true, true]);
});

test('the summary has the busiest second and the endpoints', () => {
  const durationMs = 45_000;
  const schedule = makeSchedule({ load: load(ramp), durationMs, seed: 1, weights: [1, 0, 3] });
  const summary = summarizeSchedule(load(ramp), schedule, durationMs, ['a', 'b', 'c']);

  expect(summary).toMatchObject({ requests: 2500, expectedRequests: 2500, busiestSecond: { requests: 100 } });
  expect(summary.expectedPeak).toEqual({ perSecond: 100, atMs: 40_005 });
  expect(summary.endpoints?.map(({ endpoint, requests }) => [endpoint, requests > 0])).toEqual([
    ['a', true],
    ['b', false],
    ['c', true],
  ]);
});

test.each<[string, RateShape, ArrivalProcess, number]>([
  ['a constant rate for a minute', { kind: 'constant', perSecond: 1 }, { kind: 'poisson' }, 60_000],
  ['a day once', { kind: 'diurnal', lowPerSecond: 1, highPerSecond: 2, dayMs: 600_000 }, { kind: 'even' }, 600_000],
  [
    'two periods',
    { kind: 'sine', meanPerSecond: 1, amplitudePerSecond: 1, periodMs: 45_500 },
    { kind: 'even' },
    91_000,
  ],
  [
    'a trace to its end',
    { kind: 'trace', file: 'a', perSecond: new Array<number>(90).fill(1), scale: 1, stepMs: 1000 },
    { kind: 'even' },
    90_000,
  ],
  [
    'thirty bursts',
    { kind: 'constant', perSecond: 1 },
    { kind: 'bursty', burstFactor: 2, burstMs: 1000, calmMs: 3000 },
    120_000,
  ],
])('without a duration one sees %s', (_, rate, arrivals, ms) => {
  expect(naturalDurationMs(load(rate, arrivals))).toBe(ms);
});
