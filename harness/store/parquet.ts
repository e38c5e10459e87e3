import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { HarnessError } from '../core/errors.ts';
import { writeWholeFileBy } from '../core/whole-file.ts';
import type { Cell, Table } from './tables.ts';

let instance: Promise<DuckDBInstance> | undefined;

/** One in-memory database per process; loading it takes about 0.4 s, so it is loaded when first needed. */
async function openDatabase(): Promise<DuckDBInstance> {
  const { DuckDBInstance } = await import('@duckdb/node-api');
  instance ??= DuckDBInstance.create(':memory:', {
    threads: '1',
    memory_limit: '1GB',
    // It knows files by their names, and the name of a descriptor soon stands for another file.
    enable_external_file_cache: 'false',
  });
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
export async function writeParquet(path: string, table: Table, rows: Iterable<readonly Cell[]>): Promise<void> {
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

/** A small Linux system may lack the link `/dev/fd`. */
const descriptors = process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd';

export type Columns = Readonly<Record<string, readonly Cell[]>>;

/** One row of a table: a place in its columns, which takes a fraction of the time and memory of an object with all of its cells. */
export interface Row {
  readonly columns: Columns;
  readonly place: number;
}

/**
 * Reads a Parquet file written by `writeParquet`, its rows in the order in which they were written.
 * @throws HarnessError `results-damaged` if it cannot be read or lacks a column
 */
export async function readParquet(path: string, table: Table): Promise<readonly Row[]> {
  const columns = await readColumns(path, table);
  const [first = []] = Object.values(columns);
  return first.map((_, place) => ({ columns, place }));
}

/** The same by column. */
export async function readColumns(path: string, table: Table): Promise<Columns> {
  // BIGINT as DOUBLE: every count here is far below 2^53, and a bigint would have to be converted by each reader.
  const selected = table.columns.map(
    ({ name, type }) => `"${name}"::${type === 'BIGINT' ? 'DOUBLE' : type} AS "${name}"`,
  );
  return withConnection(async (database) => {
    const descriptor = openSync(path, 'r');
    try {
      // By its descriptor, because to the database a path is a pattern: `[x]`, `*` and a folder `source=x` mean something in it.
      const reader = await database.runAndReadAll(
        `SELECT ${selected.join(', ')} FROM read_parquet('${descriptors}/${descriptor}')`,
      );
      // The select list yields the column types of the table, all of which are cells.
      return reader.getColumnsObjectJS() as unknown as Columns;
    } catch (error) {
      throw isAboutTheFile(error) ? unreadable(path, error) : error;
    } finally {
      closeSync(descriptor);
    }
  });
}

/** The hash of the file was right, so it was written like this. */
export function unreadable(path: string, cause: unknown): HarnessError {
  const message = cause instanceof Error ? (cause.message.split('\n')[0] ?? '') : String(cause);
  const reason = message.replaceAll(/,? (at end of )?file ['"]\/(?:dev|proc\/self)\/fd\/\d+['"]/g, '');
  return new HarnessError('results-damaged', `${path} does not hold what Scalelab writes there: ${reason}.`, {
    hint: 'It was written by another version of Scalelab or by another program; restore it from a copy of the experiment.',
    cause,
  });
}

/** The other errors, such as too little memory, say nothing about the file. */
function isAboutTheFile(error: unknown): boolean {
  return error instanceof Error && /^(IO|Invalid Input|Binder|Conversion|Serialization) Error: /.test(error.message);
}

/** Absolute, because `~` and `s3:` at the beginning of a path mean something to the database. */
function literal(path: string): string {
  return `'${resolve(path).replaceAll("'", "''")}'`;
}
