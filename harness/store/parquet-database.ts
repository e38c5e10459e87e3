import { closeSync, openSync } from 'node:fs';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { HarnessError } from '../core/errors.ts';

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
export async function withConnection<T>(use: (database: DuckDBConnection) => Promise<T>): Promise<T> {
  const database = await (await openDatabase()).connect();
  try {
    return await use(database);
  } finally {
    database.closeSync();
  }
}

/** A small Linux system may lack the link `/dev/fd`. */
const descriptors = process.platform === 'linux' ? '/proc/self/fd' : '/dev/fd';

/**
 * Opens a file for queries.
 * @param use is given its name in SQL, quoted
 * @throws HarnessError `results-damaged` if it cannot be read as what the queries take it for
 */
export async function withFile<T>(
  path: string,
  use: (database: DuckDBConnection, file: string) => Promise<T>,
): Promise<T> {
  return withConnection(async (database) => {
    const descriptor = openSync(path, 'r');
    try {
      // By its descriptor, because to the database a path is a pattern: `[x]`, `*` and a folder `source=x` mean something in it.
      return await use(database, `'${descriptors}/${descriptor}'`);
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
