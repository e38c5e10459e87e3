import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { scheduleBytes, scheduleFromBytes, scheduleSha256 } from '../../../harness/load/schedule-file.ts';

const schedule = {
  dueMs: Float64Array.of(0, 1.5),
  payloadSeed: Uint32Array.of(1, 0xfffffffe),
  endpoint: Uint8Array.of(2, 255),
};

test('a schedule in bytes is its instants, its seeds and its endpoints, little-endian', () => {
  expect(Buffer.from(scheduleBytes(schedule)).toString('hex')).toBe(
    '0000000000000000' + '000000000000f83f' + '01000000' + 'feffffff' + '02' + 'ff',
  );
});

test('any schedule comes back from its bytes as it was, wherever they stand in memory', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ gap: fc.integer({ min: 0, max: 1e9 }), seed: fc.nat(), endpoint: fc.nat(255) })),
      fc.nat(9),
      (requests, offset) => {
        let due = 0;
        const original = {
          dueMs: Float64Array.from(requests, ({ gap }) => (due += gap) / 1000),
          payloadSeed: Uint32Array.from(requests, ({ seed }) => seed),
          endpoint: Uint8Array.from(requests, ({ endpoint }) => endpoint),
        };
        const bytes = scheduleBytes(original);
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);

        expect(scheduleFromBytes(moved.subarray(offset))).toEqual(original);
        expect(scheduleSha256(original)).toBe(createHash('sha256').update(bytes).digest('hex'));
      },
    ),
  );
});

test('the hash is the same of a schedule in memory that threads share', () => {
  const shared = {
    ...schedule,
    dueMs: new Float64Array(new SharedArrayBuffer(16)),
  };
  shared.dueMs.set(schedule.dueMs);

  expect(scheduleSha256(shared)).toBe(scheduleSha256(schedule));
});

test.each([
  ['of another length', new Uint8Array(27), 'a schedule of 27 bytes, expected a multiple of 13'],
  [
    'out of order',
    scheduleBytes({ ...schedule, dueMs: Float64Array.of(2, 1.5) }),
    'a schedule whose request 1 is due at 1.5 ms, out of order',
  ],
  [
    'with an instant that is no number',
    scheduleBytes({ ...schedule, dueMs: Float64Array.of(NaN, 1) }),
    'a schedule whose request 0 is due at NaN ms, out of order',
  ],
])('bytes %s are refused', (_, bytes, message) => {
  expect(() => scheduleFromBytes(bytes)).toThrow(new Error(message));
});
