import type { Row } from './parquet.ts';
import type { Cell, Table } from './tables.ts';

/** The cells of an object whose fields are named like the columns. */
export function cellsOf(table: Table, fields: Readonly<Record<string, Cell>>): readonly Cell[] {
  return table.columns.map(({ name }) => fields[name] ?? null);
}

/** A cell that must be a number. @throws TypeError if the row holds what Scalelab does not write there */
export function number(row: Row, column: string): number {
  const cell = row[column];
  if (typeof cell !== 'number') throw new TypeError(`column ${column} holds ${String(cell)} where a number belongs`);
  return cell;
}

export function numberOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : number(row, column);
}

export function text(row: Row, column: string): string {
  const cell = row[column];
  if (typeof cell !== 'string') throw new TypeError(`column ${column} holds ${String(cell)} where text belongs`);
  return cell;
}

export function oneOf<const Word extends string>(words: readonly Word[], row: Row, column: string): Word {
  const word = words.find((candidate) => candidate === row[column]);
  if (word === undefined)
    throw new TypeError(`column ${column} holds ${String(row[column])}, which is none of ${words.join(', ')}`);
  return word;
}
