import type { EndpointReading, LoadReading } from '../telemetry/load-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { Row } from './parquet.ts';
import { cellsOf, number, numberOrNull, text } from './rows.ts';
import { loadTable, wholeApplication, type Cell } from './tables.ts';

/** Those of the endpoints, then that of the whole application. */
export function loadRows({ atMs, load }: Sample): readonly (readonly Cell[])[] {
  if (load === null) return [];
  return [...load.endpoints, { endpoint: wholeApplication, ...load.total }].map((reading) =>
    cellsOf(loadTable, { atMs, ...reading }),
  );
}

/** How many there are of a sample; -1 without a load. */
export const loadRowCount = (load: LoadReading | null): number => (load === null ? -1 : load.endpoints.length + 1);

/** @throws TypeError if the rows hold what Scalelab does not write there */
export function loadCounts(rows: readonly Row[]): Pick<LoadReading, 'endpoints' | 'total'> {
  const readings = rows.map(endpointReading);
  const [last, endpoints] = [readings.at(-1), readings.slice(0, -1)];
  if (last?.endpoint !== wholeApplication || endpoints.some(({ endpoint }) => endpoint === wholeApplication))
    throw new TypeError(`a load whose last row, and no other, is not ${wholeApplication}`);
  const { endpoint: _, ...total } = last;
  return { endpoints, total };
}

function endpointReading(row: Row): EndpointReading {
  return {
    endpoint: text(row, 'endpoint'),
    offered: number(row, 'offered'),
    sent: number(row, 'sent'),
    completed: number(row, 'completed'),
    failed: number(row, 'failed'),
    notSent: number(row, 'notSent'),
    p50Ms: numberOrNull(row, 'p50Ms'),
    p95Ms: numberOrNull(row, 'p95Ms'),
    p99Ms: numberOrNull(row, 'p99Ms'),
  };
}
