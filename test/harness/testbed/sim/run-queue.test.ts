import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EventQueue } from '../../../../harness/testbed/sim/event-queue.ts';
import { SimRunQueue, sliceMs, type RunQueueModel } from '../../../../harness/testbed/sim/run-queue.ts';
import { erlangWaitMs } from './erlang.ts';

const nothing: RunQueueModel = { cores: 1, arrivals: null, canary: null, busyThreads: 0, arrivalSeed: 1 };

function meanWaitMs(model: RunQueueModel, forMs: number): number {
  let count = 0;
  let sum = 0;
  const queue = new SimRunQueue(model, (_group, waitMs) => {
    count++;
    sum += waitMs;
  });
  queue.advanceTo(forMs);
  return sum / count;
}

test.each([
  [1, 0.5],
  [1, 0.8],
  [2, 0.7],
  [4, 0.8],
])('the mean wait with %i cores at utilisation %f is that of M/M/c within 2 %%', (cores, utilisation) => {
  const workMs = 10;
  const ratePerMs = (cores * utilisation) / workMs;
  const arrivals = { ratePerSecond: ratePerMs * 1000, meanWorkMs: workMs };
  // About two million arrivals: queueing delays are strongly correlated, and 2 % is asked for.
  const measured = meanWaitMs({ ...nothing, cores, arrivals, arrivalSeed: 20261124 }, 2_000_000 / ratePerMs);
  expect(measured / erlangWaitMs(cores, ratePerMs, workMs)).toBeGreaterThan(0.98);
  expect(measured / erlangWaitMs(cores, ratePerMs, workMs)).toBeLessThan(1.02);
});

test('Erlang is computed right: one core at 80 % waits four service times', () => {
  expect(erlangWaitMs(1, 0.08, 10)).toBeCloseTo(40, 9);
});

test('a canary alone never waits; beside as many busy threads as cores it waits less than a slice', () => {
  const canary = { ratePerSecond: 200, workMs: 0.1 };
  const waits: number[] = [];
  const watch = (group: string, waitMs: number): void => {
    if (group === 'canary') waits.push(waitMs);
  };
  new SimRunQueue({ ...nothing, cores: 2, canary }, watch).advanceTo(1000);
  expect(waits).toHaveLength(201);
  expect(Math.max(...waits)).toBe(0);
  waits.length = 0;
  new SimRunQueue({ ...nothing, cores: 2, canary, busyThreads: 2 }, watch).advanceTo(1000);
  expect(Math.max(...waits)).toBeGreaterThan(0);
  expect(Math.max(...waits)).toBeLessThanOrEqual(sliceMs);
});

test('busy threads keep their cores busy and no more', () => {
  const queue = new SimRunQueue({ ...nothing, cores: 4, busyThreads: 3 }, () => undefined);
  queue.advanceTo(1000);
  expect(queue.busyMs).toBeCloseTo(3000, 6);
});

test('the queue of events gives them in the order of time, and equal times in the order in which they came', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 200 }), (times) => {
      const queue = new EventQueue<number>();
      times.forEach((time, index) => {
        queue.push(time, index);
      });
      const popped = times.map(() => queue.pop());
      const expected = times.map((_, index) => index).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b);
      expect(popped).toEqual(expected);
      expect(queue.pop()).toBeUndefined();
      expect(queue.nextMs).toBe(Infinity);
    }),
  );
});
