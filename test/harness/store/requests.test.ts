import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { writeParquet } from '../../../harness/store/parquet.ts';
import { readRequests, writeRequests } from '../../../harness/store/requests.ts';
import { readSpans, writeSpans } from '../../../harness/store/spans.ts';
import { requestsTable, spansTable, type Cell } from '../../../harness/store/tables.ts';
import { arbitraryRequests } from '../../rig/arbitrary-requests.ts';
import { arbitrarySpans } from '../../rig/arbitrary-spans.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

test('requests come back as they were: every column of every outcome, sent or not', async () => {
  const path = join(temporaryFolder(), 'requests.parquet');
  await fc.assert(
    fc.asyncProperty(arbitraryRequests, async (log) => {
      await writeRequests(path, log);
      expect(await readRequests(path)).toEqual(log);
    }),
    { numRuns: 25 },
  );
});

test('spans come back as they were', async () => {
  const path = join(temporaryFolder(), 'spans.parquet');
  await fc.assert(
    fc.asyncProperty(arbitrarySpans, fc.boolean(), async (spans, isError) => {
      const written = spans.map((span) => ({ ...span, isError }));
      await writeSpans(path, written);
      // -0 is the one number that does not matter and does not survive.
      expect(JSON.stringify(await readSpans(path))).toBe(JSON.stringify(written));
    }),
    { numRuns: 25 },
  );
});

describe('a file that Scalelab did not write so is refused by its name', () => {
  const request = (outcome: string): readonly Cell[] => [1, 0, 7, null, null, outcome, 0, 0];
  const answered: readonly Cell[] = [1, 0, 7, 1, 2, 'ok', 200, 0];

  test('an outcome that there is not', async () => {
    const path = join(temporaryFolder(), 'requests.parquet');
    await writeParquet(path, requestsTable, [answered, request('lost')]);

    await expect(readRequests(path)).rejects.toMatchObject({
      code: 'results-damaged',
      message: `${path} does not hold what Scalelab writes there: column outcome holds lost, which is none of ok, error-status, timed-out, connection-failed, not-sent-in-flight, not-sent-generator, unfinished.`,
    });
  });

  test('a success that never came', async () => {
    const path = join(temporaryFolder(), 'requests.parquet');
    await writeParquet(path, requestsTable, [answered, request('ok')]);

    await expect(readRequests(path)).rejects.toMatchObject({
      code: 'results-damaged',
      message: `${path} does not hold what Scalelab writes there: a success without the instant of its answer.`,
    });
  });

  test('another table', async () => {
    const path = join(temporaryFolder(), 'spans.parquet');
    await writeParquet(path, requestsTable, []);

    await expect(readSpans(path)).rejects.toMatchObject({
      code: 'results-damaged',
      message: expect.stringMatching(
        /spans\.parquet does not hold what Scalelab writes there: Binder Error: /,
      ) as string,
    });
  });

  test('a row without what no row may lack is not even written', async () => {
    const path = join(temporaryFolder(), 'spans.parquet');

    await expect(writeParquet(path, spansTable, [spansTable.columns.map(() => null)])).rejects.toThrow(
      'NOT NULL constraint failed',
    );
  });
});
