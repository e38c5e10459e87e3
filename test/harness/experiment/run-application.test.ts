import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { scheduleSha256 } from '../../../harness/load/schedule-file.ts';
import { makePlan } from '../../../harness/plan/make-plan.ts';
import type { Plan } from '../../../harness/plan/plan.ts';
import { schedulePath } from '../../../harness/store/layout.ts';
import { readSchedule } from '../../../harness/store/schedule.ts';
import { runInRig, type RigOptions, type RigRun } from '../../rig/experiment-rig.ts';
import { fakeApplication, type FakeApplicationOptions } from '../../rig/fake-application.ts';
import { fakeDriver, type FakeDriver } from '../../rig/fake-driver.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';
import { verified } from '../../rig/verified.ts';
import { applicationProfileText, loaded } from '../profile/profile-text.ts';

const plan: Plan = makePlan(
  loaded(applicationProfileText({ blocks: 'blocks: 2', trial: 'trial: { duration: 3s, warmup: 1s }' })),
  'app',
);

interface Ran extends RigRun {
  readonly driver: FakeDriver;
}

async function run(
  results: string,
  testbed: FakeApplicationOptions = {},
  changes: RigOptions = {},
  driver = fakeDriver([]),
): Promise<Ran> {
  return { ...(await runInRig(results, plan, { testbed: fakeApplication([], testbed), driver, ...changes })), driver };
}

test('every trial of a block is sent the arrivals that stand in its folder, and other blocks have others', async () => {
  const { recorded, driver, end } = await run(temporaryFolder());

  expect(end).toBe('complete');
  const hashes = driver.orders.map(({ schedule }) => scheduleSha256(schedule));
  const written = await Promise.all([1, 2].map((block) => readSchedule(schedulePath(recorded.paths, block))));
  expect(hashes).toEqual(written.flatMap((schedule) => [scheduleSha256(schedule), scheduleSha256(schedule)]));
  expect(hashes[0]).not.toBe(hashes[2]);
  expect(driver.leftFolders()).toEqual([]);
});

test('the folder holds what it says, arrivals included', async () => {
  const { recorded } = await run(temporaryFolder());

  expect(await verified(recorded)).toEqual({
    checked: [
      'hashes of plan, profile, inputs and manifest, and of the files of 4 finished trials',
      'arrivals of 2 blocks: in all of their trials the same, request by request',
      'verdicts of 4 trials, computed again',
      'summary, computed again, byte for byte',
    ],
    findings: [],
  });
});

test('arrivals that were changed on the disk are found', async () => {
  const { recorded } = await run(temporaryFolder());
  const [first, second] = [1, 2].map((block) => schedulePath(recorded.paths, block));
  writeFileSync(second ?? '', readFileSync(first ?? ''));

  expect((await verified(recorded)).findings).toEqual(
    [
      'trials/002-tight-1: its requests are not those of blocks/2/schedule.parquet',
      'trials/002-ample-1: its requests are not those of blocks/2/schedule.parquet',
    ].sort(),
  );
});

test('a run that was stopped in a trial goes on with the same arrivals, which are not written again', async () => {
  const results = temporaryFolder();
  const controller = new AbortController();
  let trials = 0;
  const stopped = await run(
    results,
    {},
    {
      signal: controller.signal,
      onEvent: ({ type }) => {
        if (type === 'trial-started' && ++trials === 2) controller.abort(new Error('stopped'));
      },
    },
  );
  expect(stopped.end).toBe('interrupted');
  const path = schedulePath(stopped.recorded.paths, 1);
  const before = statSync(path);

  const resumed = await run(results);
  expect(resumed.end).toBe('complete');
  expect(resumed.recorded.id).toBe(stopped.recorded.id);
  expect(statSync(path)).toMatchObject({ ino: before.ino, mtimeMs: before.mtimeMs });
  expect((await verified(resumed.recorded)).findings).toEqual([]);
  const hashes = [...stopped.driver.orders, ...resumed.driver.orders].map(({ schedule }) => scheduleSha256(schedule));
  expect(new Set(hashes).size).toBe(2);
});

describe('what becomes of the trials of an arm', () => {
  test('whose application does not start: failed, not repeated, and worse than any number', async () => {
    const { recorded, driver, end } = await run(temporaryFolder(), {
      startFailures: { tight: 'echo-1 was not ready 10.0 s after its start' },
    });

    expect(end).toBe('complete');
    expect(driver.orders).toHaveLength(2);
    expect([...recorded.trials.values()].map(({ record }) => [record.id, record.verdict])).toEqual(
      expect.arrayContaining([
        ['001-tight-1', { kind: 'failed', code: 'start-failed', text: 'echo-1 was not ready 10.0 s after its start' }],
        ['001-ample-1', { kind: 'valid' }],
      ]),
    );
    expect((await verified(recorded)).findings).toEqual([]);
  });

  test('whose load generator always dies: invalid, repeated, and set aside with the block', async () => {
    const { recorded, end } = await run(
      temporaryFolder(),
      {},
      {},
      fakeDriver([], { death: 'k6 was ended by SIGKILL' }),
    );

    expect(end).toBe('too-many-invalid');
    // Two planned blocks and one fresh one, each with three attempts at both trials at most.
    expect(recorded.progress.blocks.map(({ setAside }) => setAside)).toEqual([
      'stayed-invalid',
      'stayed-invalid',
      'stayed-invalid',
    ]);
    for (const { record } of recorded.trials.values()) {
      expect(record.verdict).toEqual({
        kind: 'invalid',
        reasons: [{ code: 'generator-lost', text: 'k6 was ended by SIGKILL' }],
      });
    }
    expect(existsSync(schedulePath(recorded.paths, 3))).toBe(true);
    expect((await verified(recorded)).findings).toEqual([]);
  });
});
