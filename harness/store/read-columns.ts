import type { DuckDBConnection, DuckDBDataChunk, DuckDBListVector, DuckDBVector } from '@duckdb/node-api';
import { withFile } from './parquet-database.ts';
import type { Column, Table } from './tables.ts';

/** Numbers, not a number where there is none; or texts, null where there is none. */
export type CellColumn = Float64Array | readonly (string | null)[];
export type Columns = Readonly<Record<string, CellColumn>>;

/** One row of a table: a place in its columns, which takes a fraction of the time and memory of an object with all of its cells. */
export interface Row {
  readonly columns: Columns;
  readonly place: number;
}

/** What is not 0 in a column of lists, row by row. */
export interface SparseLists {
  /** By row: where its entries begin; one more than there are rows. */
  readonly starts: Uint32Array;
  /** By row: 1 if there is no list. */
  readonly isNull: Float64Array;
  /** By entry: its place in the list, from 0, and its value. */
  readonly places: readonly number[];
  readonly values: readonly number[];
}

/**
 * Reads a Parquet file written by `writeParquet`, its rows in the order in which they were written. Lists are left out.
 * @throws HarnessError `results-damaged` if it cannot be read or lacks a column
 */
export async function readParquet(path: string, table: Table): Promise<readonly Row[]> {
  const columns = await readColumns(path, table);
  return Array.from({ length: rowCount(columns) }, (_, place) => ({ columns, place }));
}

/** The same by column. */
export async function readColumns(path: string, table: Table): Promise<Columns> {
  return (await readTable(path, table, null)).columns;
}

/** The same with a column of lists, of which most numbers are 0. */
export async function readWithLists(
  path: string,
  table: Table,
  list: string,
): Promise<{ readonly columns: Columns; readonly lists: SparseLists }> {
  const { columns, lists } = await readTable(path, table, list);
  if (lists === null) throw new Error(`the lists of ${list} were not read`);
  return { columns, lists };
}

export const rowCount = (columns: Columns): number => Object.values(columns)[0]?.length ?? 0;

async function readTable(
  path: string,
  table: Table,
  list: string | null,
): Promise<{ readonly columns: Columns; readonly lists: SparseLists | null }> {
  return withFile(path, async (database, file) => {
    const scalars = table.columns.filter(({ type }) => type !== 'UINTEGER[]');
    const words = await wordsIn(database, file, scalars);
    const selected = [
      ...scalars.map((column) => expression(column, words)),
      ...(list === null ? [] : [`("${list}" IS NULL)::DOUBLE`, `"${list}"`]),
    ];
    const result = await database.run(`SELECT ${selected.join(', ')} FROM read_parquet(${file})`);
    const chunks = await result.fetchAllChunks();
    const rows = chunks.reduce((sum, chunk) => sum + chunk.rowCount, 0);
    const columns = Object.fromEntries(
      scalars.map(({ name, type }, index): [string, CellColumn] => [
        name,
        type === 'VARCHAR' ? textsOf(chunks, index) : numbersOf(chunks, index, rows),
      ]),
    );
    const lists = list === null ? null : listsOf(chunks, scalars.length + 1, numbersOf(chunks, scalars.length, rows));
    return { columns, lists };
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

function numbersOf(chunks: readonly DuckDBDataChunk[], index: number, rows: number): Float64Array {
  const numbers = new Float64Array(rows);
  let row = 0;
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(index);
    for (let place = 0; place < vector.itemCount; place++) {
      const cell = vector.getItem(place);
      numbers[row++] = typeof cell === 'number' ? cell : NaN;
    }
  }
  return numbers;
}

function textsOf(chunks: readonly DuckDBDataChunk[], index: number): readonly (string | null)[] {
  const texts: (string | null)[] = [];
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(index);
    for (let place = 0; place < vector.itemCount; place++) {
      const cell = vector.getItem(place);
      texts.push(typeof cell === 'string' ? cell : null);
    }
  }
  return texts;
}

function listsOf(chunks: readonly DuckDBDataChunk[], index: number, isNull: Float64Array): SparseLists {
  const starts = new Uint32Array(isNull.length + 1);
  const [places, values]: [number[], number[]] = [[], []];
  let row = 0;
  for (const chunk of chunks) {
    const vector = chunk.getColumnVector(index);
    if (!isListVector(vector)) throw new TypeError('a column of lists holds something else');
    const numbers = vector.childVector;
    for (let item = 0; item < vector.itemCount; item++) {
      // Of what is not there, place and length mean nothing.
      const length = isNull[row] === 1 ? 0 : vector.getEntryLength(item);
      const from = length === 0 ? 0 : vector.getEntryOffset(item);
      for (let place = 0; place < length; place++) {
        const value = numbers.getItem(from + place);
        if (typeof value !== 'number' || value === 0) continue;
        places.push(place);
        values.push(value);
      }
      starts[++row] = places.length;
    }
  }
  return { starts, isNull, places, values };
}

const isListVector = (vector: DuckDBVector): vector is DuckDBListVector => 'childVector' in vector;
