import { expect, test } from 'vitest';
import { parseAppLoad, roundSchedule } from '../../../harness/cli/app-load.ts';
import { loaded } from '../application/application-text.ts';
import { readProjectFile } from '../../guard/project-files.ts';

const echo = loaded(readProjectFile('deathstarbench/echo.yaml'));

test('a round of a slow load takes an hour, whatever falls due in it', () => {
  const { schedule, durationMs } = roundSchedule(parseAppLoad('poisson 0.000001/s'), echo, 0);

  expect([...schedule.dueMs]).toEqual([]);
  expect(durationMs).toBe(3_600_000);
});

test('a round of a fast load has a million requests', () => {
  expect(roundSchedule(parseAppLoad('even 100000/s'), echo, 0)).toMatchObject({
    schedule: { dueMs: { length: 1_000_000 } },
    durationMs: 10_000,
  });
});

test('each round has other requests', () => {
  const load = parseAppLoad('even 400000/s');

  expect(roundSchedule(load, echo, 0).schedule.payloadSeed.slice(0, 5)).not.toEqual(
    roundSchedule(load, echo, 1).schedule.payloadSeed.slice(0, 5),
  );
});
