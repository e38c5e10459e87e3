import { PackedWait } from '../telemetry/packed-wait.ts';
import { waitCauses, type Sample, type WaitReading } from '../telemetry/sample.ts';
import { slotCount } from '../telemetry/wait-slots.ts';
import { readWithLists, type Columns, type SparseLists } from './read-columns.ts';
import { numbers, texts, wordsOf, type CellReader } from './rows.ts';
import { runqueueTable, type Cell } from './tables.ts';

export function waitRows(sample: Sample): readonly (readonly Cell[])[] {
  return (sample.waits ?? []).map(({ group, cause, count, waitSeconds, slots }) => [
    sample.atMs,
    group,
    cause,
    count,
    waitSeconds,
    slots,
  ]);
}

/** `runqueue.parquet` as it was read: its histograms apart, because most of their slots are empty. */
export interface WaitColumns {
  readonly columns: Columns;
  readonly lists: SparseLists;
}

/** @throws HarnessError `results-damaged` if it cannot be read or lacks a column */
export const readWaits = (path: string): Promise<WaitColumns> => readWithLists(path, runqueueTable, 'slots');

/** The reader throws a TypeError if a row holds what Scalelab does not write there. */
export function waitReader({
  columns,
  lists: { starts, isNull, places, values },
}: WaitColumns): CellReader<WaitReading> {
  const [group, cause] = [texts(columns, 'group'), wordsOf(waitCauses, columns, 'cause')];
  const [count, waitSeconds] = [numbers(columns, 'count'), numbers(columns, 'waitSeconds')];
  const wrong = places.find((place) => place >= slotCount);
  if (wrong !== undefined) throw new TypeError(`column slots has a slot ${wrong}, and there are ${slotCount}`);
  // Few slots and small counts, kept for all readings of the trial.
  const packed = { places: Uint8Array.from(places), counts: Uint32Array.from(values) };
  return (place) =>
    new PackedWait(
      { group: group(place), cause: cause(place), count: count(place), waitSeconds: waitSeconds(place) },
      isNull[place] === 1 ? null : packed,
      starts[place] ?? 0,
      starts[place + 1] ?? 0,
    );
}
