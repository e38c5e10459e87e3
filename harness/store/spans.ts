import type { Span } from '../telemetry/span.ts';
import { unreadable } from './parquet-database.ts';
import { writeParquet } from './parquet.ts';
import { readParquet, type Row } from './read-columns.ts';
import { cellsOf, number, numberOrNull, text } from './rows.ts';
import { spansTable } from './tables.ts';

/** Writes the spans of sampled requests as `spans.parquet`. */
export async function writeSpans(path: string, spans: readonly Span[]): Promise<void> {
  await writeParquet(
    path,
    spansTable,
    spans.map(({ isError, ...span }) => cellsOf(spansTable, { ...span, isError: isError ? 1 : 0 })),
  );
}

/** @throws HarnessError `results-damaged` if the file holds what Scalelab does not write there */
export async function readSpans(path: string): Promise<readonly Span[]> {
  const rows = await readParquet(path, spansTable);
  try {
    return rows.map(span);
  } catch (error) {
    throw unreadable(path, error);
  }
}

function span(row: Row): Span {
  return {
    request: number(row, 'request'),
    id: number(row, 'id'),
    parent: number(row, 'parent'),
    service: text(row, 'service'),
    operation: text(row, 'operation'),
    replica: text(row, 'replica'),
    startMs: number(row, 'startMs'),
    endMs: number(row, 'endMs'),
    cpuMs: number(row, 'cpuMs'),
    waitMs: numberOrNull(row, 'waitMs'),
    connectionMs: number(row, 'connectionMs'),
    downstreamMs: number(row, 'downstreamMs'),
    isError: number(row, 'isError') === 1,
  };
}
