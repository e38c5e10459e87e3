import { expect, test } from 'vitest';
import { meanMs, WaitObserver } from '../../../../harness/policy/showar/wait-observation.ts';
import type { Sample, WaitReading } from '../../../../harness/telemetry/sample.ts';
import { replicaOf, serviceOf } from '../../../rig/replica-reading.ts';
import { sampleOf, seenMs, waitOf } from './showar-rig.ts';

/** A second of one service with two replicas, of which the second does not serve. */
function second(waits: readonly WaitReading[] | null): Sample {
  const services = [serviceOf('a', replicaOf('a-1'), replicaOf('a-2'), replicaOf('a-3', { state: 'starting' }))];
  return { ...sampleOf(1000, 1000, {}), services, waits };
}

const observe = (
  seconds: readonly (readonly WaitReading[] | null)[],
  { signal = 'all', of = 'mean-of-p95s' }: { signal?: 'all' | 'contention'; of?: 'mean-of-p95s' | 'p95-of-all' } = {},
) => {
  const observer = new WaitObserver(['a'], signal, of);
  for (const waits of seconds) observer.see(second(waits));
  return observer.take().get('a') ?? null;
};

const minute = [...new Array<number>(59).fill(1), 601];

test('the mean of 59 seconds at 1 ms and one at 601 ms is 11 ms', () => {
  expect(meanMs(minute)).toBeCloseTo(11, 12);
  expect(meanMs([])).toBeNull();
});

test('what is observed is the mean of the p95 of each second, and not the p95 of all waits', () => {
  const seconds = minute.map((ms) => [waitOf('a-1', [ms])]);
  const mean = (59 * seenMs(1) + seenMs(601)) / 60;
  expect(observe(seconds)).toEqual({ ms: expect.closeTo(mean, 9) as number, p95s: 60, samples: 60 });
  // 11 ms but for the width of a slot.
  expect(Math.abs(mean - 11)).toBeLessThan(0.0625 * 11);
  expect(observe(seconds, { of: 'p95-of-all' })).toEqual({ ms: seenMs(1), p95s: 60, samples: 60 });
});

test('the histograms of the replicas of a service are one histogram', () => {
  const many = new Array<number>(90).fill(1);
  const few = new Array<number>(10).fill(50);
  // By itself, each replica would have another p95.
  expect(observe([[waitOf('a-1', many), waitOf('a-2', few)]])?.ms).toBe(seenMs(50));
  expect(observe([[waitOf('a-1', [...many, ...many]), waitOf('a-2', few)]])?.ms).toBe(seenMs(50));
  expect(observe([[waitOf('a-1', [...many, ...many, ...many]), waitOf('a-2', few)]])?.ms).toBe(seenMs(1));
});

test('throttling counts with the signal all and not with contention', () => {
  const waits = [waitOf('a-1', [2], 'contention'), waitOf('a-1', [80, 80], 'throttled')];
  expect(observe([waits])?.ms).toBe(seenMs(80));
  expect(observe([waits], { signal: 'contention' })?.ms).toBe(seenMs(2));
});

test('where causes cannot be told apart, all waits are there and contention is not known', () => {
  const waits = [waitOf('a-1', [7], 'any')];
  expect(observe([waits])?.ms).toBe(seenMs(7));
  expect(observe([waits], { signal: 'contention' })).toBeNull();
});

test('a second in which no wait ended is no observation of 0: it is left out, and counted', () => {
  expect(observe([[waitOf('a-1', [4])], [waitOf('a-1', [])], [], null])).toEqual({
    ms: seenMs(4),
    p95s: 1,
    samples: 4,
  });
  expect(observe([[], null])).toBeNull();
});

test('a second in which a replica has no histogram says nothing', () => {
  const without = { ...waitOf('a-2', [9]), slots: null };
  expect(observe([[waitOf('a-1', [4]), without], [waitOf('a-1', [8])]])).toMatchObject({ ms: seenMs(8), p95s: 1 });
});

test('waits of replicas that do not serve yet, of other groups and of the canary do not count', () => {
  expect(observe([[waitOf('a-3', [500]), waitOf('canary', [500]), waitOf('all', [500]), waitOf('a-1', [3])]])?.ms).toBe(
    seenMs(3),
  );
});

test('each observation begins anew', () => {
  const observer = new WaitObserver(['a'], 'all', 'p95-of-all');
  observer.see(second([waitOf('a-1', [100])]));
  expect(observer.take().get('a')?.ms).toBe(seenMs(100));
  observer.see(second([waitOf('a-1', [2])]));
  expect(observer.take().get('a')).toEqual({ ms: seenMs(2), p95s: 1, samples: 1 });
  expect(observer.take().size).toBe(0);
});

test('the histograms of samples are left as they were', () => {
  const waits = [waitOf('a-1', [1]), waitOf('a-2', [2])];
  const before = JSON.stringify(waits);
  observe([waits, waits], { of: 'p95-of-all' });
  expect(JSON.stringify(waits)).toBe(before);
});
