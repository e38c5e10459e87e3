import { resolve } from 'node:path';
import { writeWholeFileBy } from '../core/whole-file.ts';
import { withConnection } from './parquet-database.ts';
import type { Cell, Table } from './tables.ts';

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

/** Absolute, because `~` and `s3:` at the beginning of a path mean something to the database. */
function literal(path: string): string {
  return `'${resolve(path).replaceAll("'", "''")}'`;
}
