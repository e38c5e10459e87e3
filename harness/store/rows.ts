import type { Row } from './parquet.ts';
import type { Cell, Table } from './tables.ts';

/** The cells of an object whose fields are named like the columns. */
export function cellsOf(table: Table, fields: Readonly<Record<string, Cell>>): readonly Cell[] {
  return table.columns.map(({ name }) => fields[name] ?? null);
}

export const cellOf = ({ columns, place }: Row, column: string): Cell | undefined => columns[column]?.[place];

/** A cell that must be a number. @throws TypeError if the row holds what Scalelab does not write there */
export function number(row: Row, column: string): number {
  const cell = cellOf(row, column);
  if (typeof cell !== 'number') throw new TypeError(`column ${column} holds ${String(cell)} where a number belongs`);
  return cell;
}

export function numberOrNull(row: Row, column: string): number | null {
  return cellOf(row, column) === null ? null : number(row, column);
}

export function text(row: Row, column: string): string {
  const cell = cellOf(row, column);
  if (typeof cell !== 'string') throw new TypeError(`column ${column} holds ${String(cell)} where text belongs`);
  return cell;
}

export function oneOf<const Word extends string>(words: readonly Word[], row: Row, column: string): Word {
  const word = words.find((candidate) => candidate === cellOf(row, column));
  if (word === undefined)
    throw new TypeError(`column ${column} holds ${String(cellOf(row, column))}, which is none of ${words.join(', ')}`);
  return word;
}

/** Reads the rows of a table on, in the order in which they were written, sample after sample. */
export class SampleRows {
  readonly #rows: readonly Row[];
  readonly #what: string;
  #used = 0;

  /** @param what they are, for messages */
  constructor(rows: readonly Row[], what: string) {
    this.#rows = rows;
    this.#what = what;
  }

  /** The next rows, which must be of this sample. @throws TypeError if they are of another */
  take(count: number, atMs: number): readonly Row[] {
    const own = this.#rows.slice(this.#used, this.#used + count);
    this.#used += count;
    if (own.some((row) => cellOf(row, 'atMs') !== atMs))
      throw new TypeError(`${this.#what} of another sample at ${atMs} ms`);
    return own;
  }

  /** @throws TypeError if there are more rows than were taken, or fewer */
  end(): void {
    if (this.#used === this.#rows.length) return;
    throw new TypeError(`${this.#rows.length} rows of ${this.#what}, where ${this.#used} belong to a sample`);
  }
}
