import type { CellColumn, Columns, Row } from './read-columns.ts';
import type { Cell, Table } from './tables.ts';

/** The cells of an object whose fields are named like the columns. */
export function cellsOf(table: Table, fields: Readonly<Record<string, Cell>>): readonly Cell[] {
  return table.columns.map(({ name }) => fields[name] ?? null);
}

/** Reads the cells of one column, by their place. Where there are many rows this takes a fraction of the time of `number(row, column)`. */
export type CellReader<T> = (place: number) => T;

/** Cells that must be numbers. The reader throws a TypeError where a row holds what Scalelab does not write there. */
export function numbers(columns: Columns, column: string): CellReader<number> {
  const cells = columns[column] ?? [];
  return (place) => {
    const cell = cells[place];
    if (typeof cell !== 'number' || Number.isNaN(cell))
      throw new TypeError(`column ${column} holds ${written(cell)} where a number belongs`);
    return cell;
  };
}

export function numbersOrNull(columns: Columns, column: string): CellReader<number | null> {
  const cells = columns[column] ?? [];
  const read = numbers(columns, column);
  return (place) => (Number.isNaN(cells[place]) ? null : read(place));
}

export function texts(columns: Columns, column: string): CellReader<string> {
  const cells = columns[column] ?? [];
  return (place) => {
    const cell = cells[place];
    if (typeof cell !== 'string') throw new TypeError(`column ${column} holds ${written(cell)} where text belongs`);
    return cell;
  };
}

export function wordsOf<const Word extends string>(
  words: readonly Word[],
  columns: Columns,
  column: string,
): CellReader<Word> {
  const cells = columns[column] ?? [];
  const known = new Map<unknown, Word>(words.map((word) => [word, word]));
  return (place) => {
    const word = known.get(cells[place]);
    if (word === undefined)
      throw new TypeError(`column ${column} holds ${written(cells[place])}, which is none of ${words.join(', ')}`);
    return word;
  };
}

/** What is not there is read as not a number. */
const written = (cell: string | number | null | undefined): string => (Number.isNaN(cell) ? 'null' : String(cell));

export const number = ({ columns, place }: Row, column: string): number => numbers(columns, column)(place);
export const numberOrNull = ({ columns, place }: Row, column: string): number | null =>
  numbersOrNull(columns, column)(place);
export const text = ({ columns, place }: Row, column: string): string => texts(columns, column)(place);

/** Places of a table, from `from` to before `to`. */
export interface Places {
  readonly from: number;
  readonly to: number;
}

export function placesIn<T>({ from, to }: Places, read: CellReader<T>): readonly T[] {
  const values: T[] = [];
  for (let place = from; place < to; place++) values.push(read(place));
  return values;
}

/** Reads the rows of a table on, in the order in which they were written, sample after sample. */
export class SampleRows {
  readonly columns: Columns;
  readonly #atMs: CellColumn;
  readonly #what: string;
  #used = 0;

  /** @param what they are, for messages */
  constructor(columns: Columns, what: string) {
    this.columns = columns;
    this.#atMs = columns['atMs'] ?? [];
    this.#what = what;
  }

  /** The next rows, which must be of this sample. @throws TypeError if they are of another */
  take(count: number, atMs: number): Places {
    const from = this.#used;
    // If there are fewer, `end` says so.
    const to = Math.min(this.#atMs.length, from + count);
    this.#used += count;
    for (let place = from; place < to; place++) {
      if (this.#atMs[place] !== atMs) throw new TypeError(`${this.#what} of another sample at ${atMs} ms`);
    }
    return { from, to };
  }

  /** @throws TypeError if there are more rows than were taken, or fewer */
  end(): void {
    if (this.#used === this.#atMs.length) return;
    throw new TypeError(`${this.#atMs.length} rows of ${this.#what}, where ${this.#used} belong to a sample`);
  }
}
