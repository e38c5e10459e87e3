import { PackedWait } from '../telemetry/packed-wait.ts';
import { waitCauses, type Sample, type WaitReading } from '../telemetry/sample.ts';
import { slotCount } from '../telemetry/wait-slots.ts';
import { readColumns, readSparseLists, type Columns, type SparseLists } from './read-columns.ts';
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
  readonly slots: SparseLists;
}

/** @throws HarnessError `results-damaged` if it cannot be read or lacks a column */
export async function readWaits(path: string): Promise<WaitColumns> {
  const columns = await readColumns(path, runqueueTable);
  return { columns, slots: await readSparseLists(path, 'slots', columns['atMs']?.length ?? 0) };
}

/** The reader throws a TypeError if a row holds what Scalelab does not write there. */
export function waitReader({ columns, slots }: WaitColumns): CellReader<WaitReading> {
  const [group, cause] = [texts(columns, 'group'), wordsOf(waitCauses, columns, 'cause')];
  const [count, waitSeconds] = [numbers(columns, 'count'), numbers(columns, 'waitSeconds')];
  const wrong = slots.places.find((place) => place >= slotCount);
  if (wrong !== undefined) throw new TypeError(`column slots has a slot ${wrong}, and there are ${slotCount}`);
  const packed = { places: slots.places, counts: slots.values };
  return (place) =>
    new PackedWait(
      { group: group(place), cause: cause(place), count: count(place), waitSeconds: waitSeconds(place) },
      slots.isNull[place] === 1 ? null : packed,
      slots.starts[place] ?? 0,
      slots.starts[place + 1] ?? 0,
    );
}
