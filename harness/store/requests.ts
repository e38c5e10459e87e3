import { requestOutcomes, type RequestLog } from '../telemetry/request-log.ts';
import { readParquet, unreadable, writeParquet } from './parquet.ts';
import { number, numberOrNull, oneOf } from './rows.ts';
import { requestsTable, type Cell } from './tables.ts';

/** Writes the log of all requests of a trial as `requests.parquet`. */
export async function writeRequests(path: string, log: RequestLog): Promise<void> {
  const rows = Array.from({ length: log.dueMs.length }, (_, index): readonly Cell[] => [
    log.dueMs[index] ?? 0,
    log.endpoint[index] ?? 0,
    log.payloadSeed[index] ?? 0,
    finiteOrNull(log.sentMs[index]),
    finiteOrNull(log.doneMs[index]),
    requestOutcomes[log.outcome[index] ?? 0] ?? 'unfinished',
    log.status[index] ?? 0,
    log.bytes[index] ?? 0,
  ]);
  await writeParquet(path, requestsTable, rows);
}

const finiteOrNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

/** @throws HarnessError `results-damaged` if the file holds what Scalelab does not write there */
export async function readRequests(path: string): Promise<RequestLog> {
  const rows = await readParquet(path, requestsTable);
  const outcomes = new Map<string, number>(requestOutcomes.map((outcome, index) => [outcome, index]));
  try {
    return {
      dueMs: Float64Array.from(rows, (row) => number(row, 'dueMs')),
      endpoint: Uint8Array.from(rows, (row) => number(row, 'endpoint')),
      payloadSeed: Uint32Array.from(rows, (row) => number(row, 'payloadSeed')),
      sentMs: Float64Array.from(rows, (row) => numberOrNull(row, 'sentMs') ?? NaN),
      doneMs: Float64Array.from(rows, (row) => numberOrNull(row, 'doneMs') ?? NaN),
      outcome: Uint8Array.from(rows, (row) => outcomes.get(oneOf(requestOutcomes, row, 'outcome')) ?? 0),
      status: Uint16Array.from(rows, (row) => number(row, 'status')),
      bytes: Uint32Array.from(rows, (row) => number(row, 'bytes')),
    };
  } catch (error) {
    throw unreadable(path, error);
  }
}
