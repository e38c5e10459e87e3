import { expect, test } from 'vitest';
import { scriptedChanges } from '../../../harness/plan/scripted-changes.ts';

const changeOf = (atMs: number, fromPerSecond: number, toPerSecond: number) => ({ atMs, fromPerSecond, toPerSecond });

test('steps change where the next one begins, unless it is as high as the one before', () => {
  const steps = [
    { perSecond: 50, durationMs: 10_000 },
    { perSecond: 50, durationMs: 5000 },
    { perSecond: 200, durationMs: 30_000 },
    { perSecond: 20, durationMs: 1000 },
  ];

  expect(scriptedChanges({ kind: 'steps', steps }, 1)).toEqual([changeOf(15_000, 50, 200), changeOf(45_000, 200, 20)]);
});

test('a spike changes when it begins to rise and when it begins to fall', () => {
  const spike = { kind: 'spike', basePerSecond: 50, peakPerSecond: 500 } as const;

  expect(scriptedChanges({ ...spike, atMs: 60_000, riseMs: 1000, holdMs: 20_000, fallMs: 3000 }, 1)).toEqual([
    changeOf(60_000, 50, 500),
    changeOf(81_000, 500, 50),
  ]);
});

test('a ramp changes when it begins', () => {
  const ramp = { kind: 'ramp', fromPerSecond: 10, toPerSecond: 40, durationMs: 60_000 } as const;

  expect(scriptedChanges(ramp, 1)).toEqual([changeOf(0, 10, 40)]);
  expect(scriptedChanges({ ...ramp, toPerSecond: 10 }, 1)).toEqual([]);
});

test('time compression brings the changes nearer, and leaves the rates alone', () => {
  const steps = [
    { perSecond: 50, durationMs: 75_000 },
    { perSecond: 100, durationMs: 150_000 },
    { perSecond: 50, durationMs: 1000 },
  ];

  expect(scriptedChanges({ kind: 'steps', steps }, 75)).toEqual([changeOf(1000, 50, 100), changeOf(3000, 100, 50)]);
});

test('what changes all the time, or never, has no changes', () => {
  expect(scriptedChanges({ kind: 'constant', perSecond: 5 }, 1)).toEqual([]);
  expect(scriptedChanges({ kind: 'sine', meanPerSecond: 5, amplitudePerSecond: 5, periodMs: 10 }, 1)).toEqual([]);
  expect(scriptedChanges({ kind: 'diurnal', lowPerSecond: 1, highPerSecond: 5, dayMs: 10 }, 1)).toEqual([]);
  expect(scriptedChanges({ kind: 'trace', file: '', perSecond: [1, 9], scale: 1, stepMs: 1 }, 1)).toEqual([]);
});
