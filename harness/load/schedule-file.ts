import { createHash } from 'node:crypto';
import type { ArrivalSchedule } from './arrival-schedule.ts';

/**
 * The binary form of a schedule: little-endian, without a header, n = bytes / 13: `Float64 dueMs[n]`, `Uint32 payloadSeed[n]`,
 * `Uint8 endpoint[n]`. The hash of a schedule is that of these bytes.
 */
export const bytesPerRequest = 13;

export function scheduleBytes({ dueMs, payloadSeed, endpoint }: ArrivalSchedule): Uint8Array {
  requireLittleEndian();
  const count = dueMs.length;
  const bytes = new Uint8Array(count * bytesPerRequest);
  bytes.set(new Uint8Array(dueMs.buffer, dueMs.byteOffset, 8 * count));
  bytes.set(new Uint8Array(payloadSeed.buffer, payloadSeed.byteOffset, 4 * count), 8 * count);
  bytes.set(endpoint, 12 * count);
  return bytes;
}

/** @throws Error if it is no schedule */
export function scheduleFromBytes(bytes: Uint8Array): ArrivalSchedule {
  requireLittleEndian();
  const count = bytes.length / bytesPerRequest;
  if (!Number.isInteger(count)) throw new Error(`a schedule of ${bytes.length} bytes, expected a multiple of 13`);
  // Copies, because a view needs an address that suits it; the slice of a Buffer would be none.
  const part = (from: number, to: number): ArrayBuffer => Uint8Array.prototype.slice.call(bytes, from, to).buffer;
  const dueMs = new Float64Array(part(0, 8 * count));
  const wrong = dueMs.findIndex((due, index) => !(due >= (dueMs[index - 1] ?? 0) && due < Infinity));
  if (wrong !== -1)
    throw new Error(`a schedule whose request ${wrong} is due at ${dueMs[wrong] ?? NaN} ms, out of order`);
  return {
    dueMs,
    payloadSeed: new Uint32Array(part(8 * count, 12 * count)),
    endpoint: new Uint8Array(part(12 * count, 13 * count)),
  };
}

/** SHA-256 of its binary form, in hexadecimal. */
export function scheduleSha256({ dueMs, payloadSeed, endpoint }: ArrivalSchedule): string {
  requireLittleEndian();
  return createHash('sha256').update(dueMs).update(payloadSeed).update(endpoint).digest('hex');
}

/** All machines that are supported are; on another the columns would be read the wrong way round. */
function requireLittleEndian(): void {
  if (new Uint8Array(new Uint16Array([1]).buffer)[0] !== 1) throw new Error('this machine is big-endian');
}
