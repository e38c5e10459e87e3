import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { writeWholeFileBy } from '../core/whole-file.ts';
import type { Cell, Table } from './tables.ts';

let instance: Promise<DuckDBInstance> | undefined;

/** One in-memory database per process; loading it takes about 0.4 s, so it is loaded when first needed. */
async function openDatabase(): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  instance ??= DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '1GB' });
  return instance;
}

/** A connection runs one query at a time, so each writer and reader has its own. */
async function withConnection<T>(use: (database: DuckDBConnection) => Promise<T>): Promise<T> {
  const database = await (await openDatabase()).connect();
  try {
    return await use(database);
  } finally {
    database.closeSync();
  }
}

/** Writes rows of a table as one Parquet file (zstd), whole or not at all. Cells are in the order of the columns. */
export async function writeParquet(path: string, table: Table, rows: readonly (readonly Cell[])[]): Promise<void> {
  const { LIST, UINTEGER, listValue } = await import('@duckdb/node-api');
  const columns = table.columns.map(({ name, type, nullable }) => `"${name}" ${type}${nullable ? '' : ' NOT NULL'}`);
  await withConnection(async (database) => {
    await database.run(`CREATE TEMP TABLE output (${columns.join(', ')})`);
    const appender = await database.createAppender('output');
    for (const row of rows) {
      row.forEach((cell, index) => {
        if (cell === null) appender.appendNull();
        else if (typeof cell === 'string') appender.appendVarchar(cell);
        else if (typeof cell !== 'number') appender.appendList(listValue(cell), LIST(UINTEGER));
        else if (table.columns[index]?.type === 'BIGINT') appender.appendBigInt(BigInt(cell));
        else appender.appendDouble(cell);
      });
      appender.endRow();
    }
    appender.closeSync();
    await writeWholeFileBy(path, async (temporary) => {
      await database.run(`COPY output TO ${literal(temporary)} (FORMAT parquet, COMPRESSION zstd)`);
    });
  });
}

export type Row = Readonly<Record<string, Cell>>;

/** Reads a Parquet file written by `writeParquet`. Throws if it cannot be read or lacks a column. */
export async function readParquet(path: string, table: Table): Promise<readonly Row[]> {
  // BIGINT as DOUBLE: every count here is far below 2^53, and a bigint would have to be converted by each reader.
  const selected = table.columns.map(({ name, type }) =>
    type === 'BIGINT' ? `"${name}"::DOUBLE AS "${name}"` : `"${name}"`,
  );
  const query = `SELECT ${selected.join(', ')} FROM read_parquet(${literal(path)})`;
  const reader = await withConnection((database) => database.runAndReadAll(query));
  // The select list yields the column types of the table, all of which are cells.
  return reader.getRowObjectsJS() as unknown as readonly Row[];
}

function literal(path: string): string {
  return `'${path.replaceAll("'", "''")}'`;
}
