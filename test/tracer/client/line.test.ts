import fc from 'fast-check';
import { expect, test } from 'vitest';
import { slotCount } from '../../../harness/telemetry/wait-slots.ts';
import { parseLine } from '../../../tracer/client/line.ts';
import type { Snapshot } from '../../../tracer/client/line.ts';
import { counterOf, groupOf, hello, snapshotOf, toLine } from './snapshot-text.ts';

const reasonOf = (text: string): string => {
  const message = parseLine(text);
  return message.type === 'broken' ? message.reason : `read as ${message.type}`;
};

test('a hello and a start error are read as they are', () => {
  expect(parseLine(toLine(hello))).toEqual(hello);
  const error = { type: 'error', code: 'no-btf', message: 'This kernel has no BTF.' };
  expect(parseLine(toLine(error))).toEqual(error);
});

test('a snapshot keeps 64-bit sums exactly', () => {
  const sumNs = 2n ** 64n - 1n;
  const snapshot = snapshotOf({
    seq: 7,
    reason: 'asked',
    monotonicNs: 9_007_199_254_740_993n,
    groups: [groupOf({ id: '18446744073709551615', contention: counterOf({ count: 2, sumNs, slots: [[3, 2]] }) })],
  });
  expect(parseLine(toLine(snapshot))).toEqual(snapshot);
});

const wide = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const narrow = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const counter = fc.record({
  count: narrow,
  sumNs: wide,
  slots: fc
    .dictionary(fc.integer({ min: 0, max: slotCount - 1 }).map(String), narrow)
    .map((slots) => Object.entries(slots).map(([slot, count]): [number, number] => [Number(slot), count])),
});
const anySnapshot: fc.Arbitrary<Snapshot> = fc
  .record({
    seq: fc.nat(),
    reason: fc.constantFrom('interval', 'asked', 'end'),
    monotonicNs: wide,
    groups: fc.uniqueArray(fc.record({ id: wide.map(String), contention: counter, throttled: counter }), {
      selector: ({ id }) => id,
      maxLength: 5,
    }),
    switches: fc.maxSafeNat(),
    userMicros: fc.maxSafeNat(),
    kernelRunNs: wide,
  })
  .map((fields) => snapshotOf(fields));

test('every snapshot that can be written is read back the same', () => {
  fc.assert(
    fc.property(anySnapshot, (snapshot) => {
      expect(parseLine(toLine(snapshot))).toEqual(snapshot);
    }),
  );
});

test('every cut of a line is broken, whole but for its end as it may be', () => {
  const line = toLine(snapshotOf({ groups: [groupOf({ contention: counterOf({ count: 1, slots: [[1, 1]] }) })] }));
  for (let length = 0; length < line.length; length++) {
    expect(parseLine(line.slice(0, length))).toEqual({
      type: 'broken',
      reason: 'not JSON',
      text: line.slice(0, Math.min(length, 200)),
    });
  }
});

test('no text and no JSON value makes it throw', () => {
  fc.assert(fc.property(fc.string(), (text) => parseLine(text).type === 'broken'));
  fc.assert(fc.property(fc.json(), (text) => parseLine(text).type === 'broken'));
});

test('a field of the wrong kind in any place is named, and never passes', () => {
  const whole = toLine(snapshotOf({ groups: [groupOf()] }));
  for (const name of ['seq', 'reason', 'monotonicNs', 'groups', 'switches', 'residentBytes', 'kernelRunNs']) {
    for (const wrong of [null, -1, 1.5, 'x', true, {}]) {
      const fields = { ...(JSON.parse(whole) as Record<string, unknown>), [name]: wrong };
      expect(reasonOf(JSON.stringify(fields)), `${name} = ${JSON.stringify(wrong)}`).toContain(`${name}: expected`);
    }
  }
});

test.each([
  ['[]', 'line: expected an object'],
  ['{}', 'type: expected hello or snapshot or error'],
  [
    '{"type":"error","code":"hungry"}',
    'code: expected no-btf or no-permission or verifier or kernel-too-old or other; message: expected text',
  ],
  [
    toLine({ ...hello, cpus: '2', prevState: 'x' }),
    'cpus: expected an integer from 0 to 9007199254740991; prevState: expected argument or task',
  ],
  [toLine(snapshotOf({ groups: [groupOf(), groupOf()] })), 'groups: cgroup 45 appears twice'],
  [
    toLine({ ...snapshotOf(), groups: [1] }),
    'groups[0]: expected an object; groups[0].contention: expected an object; groups[0].throttled: expected an object',
  ],
  [toLine({ ...snapshotOf(), groups: [groupOf({ id: '0x10' })] }), 'groups[0].id: expected a 64-bit integer as text'],
  [toLine({ ...snapshotOf(), kernelRunNs: (2n ** 64n).toString() }), 'kernelRunNs: expected a 64-bit integer as text'],
])('%s is broken: %s', (line, reason) => {
  expect(reasonOf(line)).toBe(reason);
});

test.each([
  ['beyond the last', [[192, 1]]],
  [
    'not rising',
    [
      [5, 1],
      [5, 1],
    ],
  ],
  [
    'falling',
    [
      [5, 1],
      [4, 1],
    ],
  ],
  ['more than 32 bits', [[5, 2 ** 32]]],
  ['three numbers', [[5, 1, 1]]],
  ['a hole', [null]],
])('slots that are %s are broken', (_, slots) => {
  const line = toLine({ ...snapshotOf(), groups: [{ ...groupOf(), throttled: { count: 1, sumNs: '1', slots } }] });
  expect(reasonOf(line)).toBe(
    'groups[0].throttled.slots: expected pairs of a rising slot below 192 and a 32-bit count',
  );
});
