import { requestOutcomes, type RequestLog } from '../telemetry/request-log.ts';
import { unreadable } from './parquet-database.ts';
import { writeParquet } from './parquet.ts';
import { readColumns, rowCount } from './read-columns.ts';
import { numbers, numbersOrNull, placesIn, wordsOf } from './rows.ts';
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
  const every = { from: 0, to: rowCount(columns) };
  const numbersIn = (name: string): readonly number[] => placesIn(every, numbers(columns, name));
  const instants = (name: string): Float64Array =>
    Float64Array.from(placesIn(every, numbersOrNull(columns, name)), (instant) => instant ?? NaN);
  try {
    const outcome = wordsOf(requestOutcomes, columns, 'outcome');
    const places = new Map(requestOutcomes.map((word, index) => [word, index]));
    const log = {
      dueMs: Float64Array.from(numbersIn('dueMs')),
      endpoint: Uint8Array.from(numbersIn('endpoint')),
      payloadSeed: Uint32Array.from(numbersIn('payloadSeed')),
      sentMs: instants('sentMs'),
      doneMs: instants('doneMs'),
      outcome: Uint8Array.from(placesIn(every, (place) => places.get(outcome(place)) ?? 0)),
      status: Uint16Array.from(numbersIn('status')),
      bytes: Uint32Array.from(numbersIn('bytes')),
    };
    if (log.outcome.some((word, index) => requestOutcomes[word] === 'ok' && Number.isNaN(log.doneMs[index])))
      throw new TypeError('a success without the instant of its answer');
    return log;
  } catch (error) {
    throw unreadable(path, error);
  }
}
