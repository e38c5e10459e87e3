import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { experimentPaths, schedulePath } from '../../../harness/store/layout.ts';
import { readSchedule, readSchedules, writeSchedule, type ScheduleColumns } from '../../../harness/store/schedule.ts';
import { logOf } from '../../rig/arbitrary-requests.ts';
import { examplePlan, recordedOf } from '../../rig/recorded.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const arbitrarySchedule: fc.Arbitrary<ScheduleColumns> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 2 ** 40 }), fc.nat(255), fc.nat(2 ** 32 - 1)), { maxLength: 20 })
  .map((requests) => ({
    // Whole microseconds.
    dueMs: Float64Array.from(requests, ([micros]) => micros / 1000),
    endpoint: Uint8Array.from(requests, ([, endpoint]) => endpoint),
    payloadSeed: Uint32Array.from(requests, ([, , seed]) => seed),
  }));

test('arrivals come back as they were', async () => {
  const paths = experimentPaths(temporaryFolder());
  await fc.assert(
    fc.asyncProperty(arbitrarySchedule, async (schedule) => {
      await writeSchedule(paths, 3, schedule);
      expect(await readSchedule(schedulePath(paths, 3))).toEqual(schedule);
    }),
    { numRuns: 25 },
  );
});

test('beside what a kill has left of it, the file is written whole', async () => {
  const paths = experimentPaths(temporaryFolder());
  const path = schedulePath(paths, 1);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(join(dirname(path), '.schedule.parquet.1234.part'), 'PAR1 and no more');
  const schedule = { dueMs: Float64Array.of(1), endpoint: Uint8Array.of(0), payloadSeed: Uint32Array.of(5) };
  await writeSchedule(paths, 1, schedule);

  expect(await readSchedule(path)).toEqual(schedule);
  expect(readdirSync(dirname(path)).sort()).toEqual(['.schedule.parquet.1234.part', 'schedule.parquet']);
});

test('of an experiment the blocks in which a load was sent are read, and what is wrong with a file is a sentence', async () => {
  const folder = temporaryFolder();
  const paths = experimentPaths(folder);
  const attempts = [['idle', 1e-3]] as const;
  const { trials } = recordedOf(examplePlan(), [{ attempts }, { attempts }, { attempts }, { attempts }]);
  const schedule = { dueMs: Float64Array.of(1), endpoint: Uint8Array.of(0), payloadSeed: Uint32Array.of(5) };
  for (const block of [1, 2, 3, 4]) await writeSchedule(paths, block, schedule);
  rmSync(schedulePath(paths, 2));
  writeFileSync(schedulePath(paths, 3), 'no Parquet');
  const sent = [...trials].map(([id, trial]) => {
    return [id, { ...trial, requests: trial.record.block === 4 ? null : logOf([{ dueMs: 1 }]) }] as const;
  });

  expect(await readSchedules({ paths, trials: new Map(sent) })).toEqual(
    new Map<number, unknown>([
      [1, schedule],
      [2, 'blocks/2/schedule.parquet is missing'],
      [3, 'blocks/3/schedule.parquet cannot be read, or does not hold what Scalelab writes there'],
    ]),
  );
});
