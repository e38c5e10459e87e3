import type { EndpointReading } from '../telemetry/load-reading.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { Row } from './parquet.ts';
import { cellsOf, number, numberOrNull, text } from './rows.ts';
import { loadTable, type Cell } from './tables.ts';

export function loadRows({ atMs, load }: Sample): readonly (readonly Cell[])[] {
  return (load?.endpoints ?? []).map((endpoint) => cellsOf(loadTable, { atMs, ...endpoint }));
}

/** @throws TypeError if the row holds what Scalelab does not write there */
export function endpointReading(row: Row): EndpointReading {
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
