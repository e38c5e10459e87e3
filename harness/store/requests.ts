import { requestOutcomes, type RequestLog } from '../telemetry/request-log.ts';
import { unreadable } from './parquet-database.ts';
import { writeParquet } from './parquet.ts';
import { readColumns } from './read-columns.ts';
import { requestsTable, type Cell } from './tables.ts';

/** Writes the log of all requests of a trial as `requests.parquet`. */
export async function writeRequests(path: string, log: RequestLog): Promise<void> {
  await writeParquet(path, requestsTable, rowsOf(log));
}

function* rowsOf(log: RequestLog): Generator<readonly Cell[]> {
  for (let index = 0; index < log.dueMs.length; index++) {
    yield [
      log.dueMs[index] ?? 0,
      log.endpoint[index] ?? 0,
      log.payloadSeed[index] ?? 0,
      finiteOrNull(log.sentMs[index]),
      finiteOrNull(log.doneMs[index]),
      requestOutcomes[log.outcome[index] ?? 0] ?? 'unfinished',
      log.status[index] ?? 0,
      log.bytes[index] ?? 0,
    ];
  }
}

const finiteOrNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

/** @throws HarnessError `results-damaged` if the file holds what Scalelab does not write there */
export async function readRequests(path: string): Promise<RequestLog> {
  const columns = await readColumns(path, requestsTable);
  const numbers = (name: string): readonly number[] => (columns[name] ?? []).map((cell) => numberIn(cell, name));
  const instants = (name: string): readonly number[] =>
    (columns[name] ?? []).map((cell) => (cell === null ? NaN : numberIn(cell, name)));
  const outcomes = new Map<Cell, number>(requestOutcomes.map((outcome, index) => [outcome, index]));
  const outcomeIn = (cell: Cell): number => {
    const index = outcomes.get(cell);
    if (index === undefined)
      throw new TypeError(`column outcome holds ${String(cell)}, which is none of ${requestOutcomes.join(', ')}`);
    return index;
  };
  try {
    if (columns['outcome']?.some((outcome, index) => outcome === 'ok' && columns['doneMs']?.[index] === null) === true)
      throw new TypeError('a success without the instant of its answer');
    return {
      dueMs: Float64Array.from(numbers('dueMs')),
      endpoint: Uint8Array.from(numbers('endpoint')),
      payloadSeed: Uint32Array.from(numbers('payloadSeed')),
      sentMs: Float64Array.from(instants('sentMs')),
      doneMs: Float64Array.from(instants('doneMs')),
      outcome: Uint8Array.from(columns['outcome'] ?? [], outcomeIn),
      status: Uint16Array.from(numbers('status')),
      bytes: Uint32Array.from(numbers('bytes')),
    };
  } catch (error) {
    throw unreadable(path, error);
  }
}

function numberIn(cell: Cell, column: string): number {
  if (typeof cell !== 'number') throw new TypeError(`column ${column} holds ${String(cell)} where a number belongs`);
  return cell;
}
