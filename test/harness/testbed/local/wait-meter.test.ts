import { expect, test } from 'vitest';
import { BpfMeter } from '../../../../harness/testbed/local/wait-meter.ts';
import type { Snapshot } from '../../../../tracer/client/line.ts';
import type { RunqTracer } from '../../../../tracer/client/tracer.ts';
import { hello, snapshotOf } from '../../../tracer/client/snapshot-text.ts';

/** A tracer that has these snapshots to give, in order. */
function tracerOf(snapshots: readonly Snapshot[]): RunqTracer {
  const left = [...snapshots];
  return {
    ...{ hello, faults: { broken: 0, missed: 0 }, loss: null },
    snapshot: () => {
      const next = left.shift();
      return next ? Promise.resolve(next) : Promise.reject(new Error('no more snapshots'));
    },
    subscribe: () => () => true,
    stop: () => Promise.resolve(null),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

const before = { lostStorage: 10, lostGroups: 20, recursionMisses: 30 };
test.each([
  ['a stamp could not be stored', { ...before, lostStorage: 12 }],
  ['a histogram could not be stored', { ...before, lostGroups: 22 }],
  ['a program was already running on that CPU', { ...before, recursionMisses: 32 }],
])('an event is lost when %s', async (_what, after) => {
  const { signal } = new AbortController();
  const meter = new BpfMeter(tracerOf([snapshotOf(before), snapshotOf({ seq: 1, ...after })]), 0);
  expect((await meter.read(signal)).tracer).toBeNull();
  expect((await meter.read(signal)).tracer).toMatchObject({ lost: 2 });
});
