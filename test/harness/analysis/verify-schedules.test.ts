import { expect, test } from 'vitest';
import { changedSchedules } from '../../../harness/analysis/verify-schedules.ts';
import type { ScheduleColumns } from '../../../harness/store/schedule.ts';
import type { RecordedTrial } from '../../../harness/store/trial-record.ts';
import { recordedApplication } from '../../rig/recorded-application.ts';

const { trials } = recordedApplication({ model: 'echo', blocks: 2 });
/** By block, as the first of its trials has them. */
const schedules = new Map<number, ScheduleColumns>(
  [2, 1].map((block) => {
    const requests = [...trials.values()].find(({ record }) => record.block === block)?.requests;
    if (requests === undefined || requests === null) throw new Error('no requests');
    return [block, { dueMs: requests.dueMs, endpoint: requests.endpoint, payloadSeed: requests.payloadSeed }];
  }),
);

const findings = (changed: Readonly<Record<string, (trial: RecordedTrial) => RecordedTrial>> = {}): string[] =>
  changedSchedules(
    { trials: new Map([...trials].map(([id, trial]) => [id, changed[id]?.(trial) ?? trial])) },
    schedules,
  );

test('all arms of a block were sent the same arrivals, and other blocks have others', () => {
  expect(findings()).toEqual([]);
  expect(schedules.get(1)?.dueMs).not.toEqual(schedules.get(2)?.dueMs);
});

test('a load generator that read another schedule is found by its hash', () => {
  const otherHash = (trial: RecordedTrial): RecordedTrial => {
    const { evidence } = trial.record;
    const generator = evidence.generator && { ...evidence.generator, scheduleSha256: 'f'.repeat(64) };
    return { ...trial, record: { ...trial.record, evidence: { ...evidence, generator } } };
  };
  const [, second = ''] = [...trials.keys()].filter((id) => id.startsWith('001'));
  const [first = ''] = [...trials.keys()].filter((id) => id.startsWith('001'));

  expect(findings({ [second]: otherHash })).toEqual([
    `block 1: the load generator read other arrivals in ${second} than in ${first}`,
  ]);
});

test.each(['dueMs', 'endpoint', 'payloadSeed'] as const)('a request with another %s is found', (column) => {
  const changed = (trial: RecordedTrial): RecordedTrial => {
    const { requests } = trial;
    if (requests === null) return trial;
    const values = requests[column].slice();
    values[7] = (values[7] ?? 0) + 1;
    return { ...trial, requests: { ...requests, [column]: values } };
  };

  expect(findings({ '002-tight-1': changed })).toEqual([
    'trials/002-tight-1: its requests are not those of blocks/2/schedule.parquet',
  ]);
});

test('a request too few is found', () => {
  const short = (trial: RecordedTrial): RecordedTrial => {
    const { requests } = trial;
    return requests === null ? trial : { ...trial, requests: { ...requests, dueMs: requests.dueMs.slice(1) } };
  };

  expect(findings({ '001-ample-1': short })).toEqual([
    'trials/001-ample-1: its requests are not those of blocks/1/schedule.parquet',
  ]);
});

test('where the file of a block cannot be used that is said, and hashes are compared all the same', () => {
  expect(changedSchedules({ trials }, new Map([[1, 'blocks/1/schedule.parquet is missing']]))).toEqual([
    'blocks/1/schedule.parquet is missing',
  ]);
});
