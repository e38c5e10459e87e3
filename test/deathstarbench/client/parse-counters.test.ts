import { expect, test } from 'vitest';
import { parseCounters } from '../../../deathstarbench/client/parse-counters.ts';

const fields = {
  monotonicSeconds: 12.000000001,
  requests: 5,
  errors: 1,
  inFlight: 2,
  openConnections: 3,
  busyConnections: 4,
  queuedForConnection: 0,
  cpuSeconds: 0.25,
  firstServedMonotonicSeconds: null,
  spansDropped: 6,
  latencySlots: [
    [0, 1],
    [191, 4],
  ],
};

test('slots without a count are filled in', () => {
  const latencySlots = new Array<number>(192).fill(0);
  latencySlots[0] = 1;
  latencySlots[191] = 4;
  expect(parseCounters(JSON.stringify(fields))).toEqual({ ...fields, latencySlots });
});

test.each([
  ['is cut', JSON.stringify(fields).slice(0, 100)],
  ['is no object', '7'],
  ['lacks a count', JSON.stringify({ ...fields, requests: undefined })],
  ['has a text', JSON.stringify({ ...fields, errors: '1' })],
  ['has less than nothing', JSON.stringify({ ...fields, inFlight: -1 })],
  ['has a slot that there is not', JSON.stringify({ ...fields, latencySlots: [[192, 1]] })],
  ['has half a slot', JSON.stringify({ ...fields, latencySlots: [[1]] })],
  ['has no slots', JSON.stringify({ ...fields, latencySlots: {} })],
  ['is an error', '{"error":"the only command is `counters`"}'],
])('a line that %s is none', (_what, line) => {
  expect(parseCounters(line)).toBeNull();
});
