import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { withFile } from './parquet-database.ts';
import type { Cell, Column, Table } from './tables.ts';

export type Columns = Readonly<Record<string, readonly Cell[]>>;

/** One row of a table: a place in its columns, which takes a fraction of the time and memory of an object with all of its cells. */
export interface Row {
  readonly columns: Columns;
  readonly place: number;
}

/**
 * Reads a Parquet file written by `writeParquet`, its rows in the order in which they were written. Lists are left out.
 * @throws HarnessError `results-damaged` if it cannot be read or lacks a column
 */
export async function readParquet(path: string, table: Table): Promise<readonly Row[]> {
  const columns = await readColumns(path, table);
  const [first = []] = Object.values(columns);
  return first.map((_, place) => ({ columns, place }));
}

/** The same by column. */
export async function readColumns(path: string, table: Table): Promise<Columns> {
  return withFile(path, async (database, file) => {
    const scalars = table.columns.filter(({ type }) => type !== 'UINTEGER[]');
    const words = await wordsIn(database, file, scalars);
    const selected = scalars.map((column) => `${expression(column, words)} AS "${column.name}"`);
    const chunks = await (
      await database.run(`SELECT ${selected.join(', ')} FROM read_parquet(${file})`)
    ).fetchAllChunks();
    return Object.fromEntries(scalars.map((column, index) => [column.name, cellsOfColumn(chunks, index, column)]));
  });
}

/** Texts repeat: each is decoded once, and not in every row. Of a column with too many, or with none, there is no entry. */
async function wordsIn(
  database: DuckDBConnection,
  file: string,
  columns: readonly Column[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const texts = columns.filter(({ type }) => type === 'VARCHAR');
  if (texts.length === 0) return new Map();
  const lists = texts.map(({ name }) => `list(DISTINCT "${name}") AS "${name}"`);
  const found = await database.runAndReadAll(`SELECT ${lists.join(', ')} FROM read_parquet(${file})`);
  const [row = {}] = found.getRowObjectsJS();
  return new Map(Object.entries(row).flatMap(([name, words]) => (isWordList(words) ? [[name, words] as const] : [])));
}

const mostWords = 10_000;
const isWordList = (value: unknown): value is readonly string[] =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.length <= mostWords &&
  // An enumeration cannot name a text with a zero byte, and SQL cannot write one.
  value.every((word) => typeof word === 'string' && !word.includes('\0'));

/**
 * BIGINT as DOUBLE: every count here is far below 2^53, and a bigint would have to be converted by each reader. What may be missing is read as
 * not a number, since asking every cell whether it is there takes longer than all the rest.
 */
function expression({ name, type, nullable }: Column, words: ReadonlyMap<string, readonly string[]>): string {
  if (type !== 'VARCHAR') return nullable ? `coalesce("${name}"::DOUBLE, 'NaN'::DOUBLE)` : `"${name}"::DOUBLE`;
  const known = words.get(name);
  if (known === undefined) return `"${name}"::VARCHAR`;
  return `"${name}"::ENUM(${known.map((word) => `'${word.replaceAll("'", "''")}'`).join(', ')})`;
}

function cellsOfColumn(chunks: readonly DuckDBDataChunk[], index: number, { type, nullable }: Column): readonly Cell[] {
  const cells: Cell[] = [];
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(index);
    for (let place = 0; place < vector.itemCount; place++) {
      // The select list yields numbers and texts.
      const cell = vector.getItem(place) as Cell;
      cells.push(nullable && type !== 'VARCHAR' && Number.isNaN(cell) ? null : cell);
    }
  }
  return cells;
}

/** What is not 0 in a column of lists, row by row. */
export interface SparseLists {
  /** By row: where its entries begin; one more than there are rows. */
  readonly starts: Uint32Array;
  /** By row: 1 if there is no list. */
  readonly isNull: Uint8Array;
  /** By entry: its place in the list, from 0, and its value. */
  readonly places: Uint16Array;
  readonly values: Uint32Array;
}

/** Reads a column of lists of whole numbers, of which most are 0. @param rows of the table */
export async function readSparseLists(path: string, column: string, rows: number): Promise<SparseLists> {
  return withFile(path, async (database, file) => {
    const source = `read_parquet(${file}, file_row_number = true)`;
    const ask = async (sql: string): Promise<readonly (readonly number[])[]> =>
      // The select lists below yield numbers.
      (await database.runAndReadAll(sql)).getColumns() as (readonly number[])[];
    const [nulls = []] = await ask(`SELECT file_row_number::DOUBLE FROM ${source} WHERE "${column}" IS NULL`);
    const [of = [], places = [], values = []] = await ask(
      `SELECT of::DOUBLE, place::DOUBLE, value::DOUBLE FROM (SELECT file_row_number AS of, unnest("${column}") AS value, ` +
        `generate_subscripts("${column}", 1) - 1 AS place FROM ${source}) WHERE value > 0`,
    );
    const starts = new Uint32Array(rows + 1);
    for (const row of of) starts[row + 1] = (starts[row + 1] ?? 0) + 1;
    for (let row = 0; row < rows; row++) starts[row + 1] = (starts[row + 1] ?? 0) + (starts[row] ?? 0);
    const isNull = new Uint8Array(rows);
    for (const row of nulls) isNull[row] = 1;
    return { starts, isNull, places: Uint16Array.from(places), values: Uint32Array.from(values) };
  });
}
