import type { RequestLog } from '../../telemetry/request-log.ts';
import { requestOutcomes } from '../../telemetry/request-log.ts';
import type { ArrivalSchedule } from '../arrival-schedule.ts';

/** A request log in memory that all threads share, so that looking at it costs no messages. Nothing has been sent yet. */
export function sharedLog({ dueMs, endpoint, payloadSeed }: ArrivalSchedule): RequestLog {
  const count = dueMs.length;
  const float64 = (): Float64Array => new Float64Array(new SharedArrayBuffer(8 * count));
  const uint32 = (): Uint32Array => new Uint32Array(new SharedArrayBuffer(4 * count));
  const uint8 = (): Uint8Array => new Uint8Array(new SharedArrayBuffer(count));
  const log = {
    dueMs: float64(),
    endpoint: uint8(),
    payloadSeed: uint32(),
    sentMs: float64().fill(NaN),
    doneMs: float64().fill(NaN),
    outcome: uint8().fill(requestOutcomes.indexOf('unfinished')),
    status: new Uint16Array(new SharedArrayBuffer(2 * count)),
    bytes: uint32(),
  };
  log.dueMs.set(dueMs);
  log.endpoint.set(endpoint);
  log.payloadSeed.set(payloadSeed);
  return log;
}
