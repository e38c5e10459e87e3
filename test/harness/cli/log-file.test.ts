import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { logFile } from '../../../harness/cli/log-file.ts';
import type { ExperimentEvent } from '../../../harness/experiment/events.ts';
import { temporaryFolder } from '../../rig/temporary-folder.ts';

const event: ExperimentEvent = { type: 'trial-abandoned', at: '2026-11-24T14:00:00.000Z', trial: '001-idle-1' };

test('an event is a line of the file when the sink returns, behind what was there', async () => {
  const path = join(temporaryFolder(), 'log.jsonl');
  writeFileSync(path, '{"earlier":true}\n');
  const sink = await logFile(path);
  sink(event);
  const [earlier, line = '', ...rest] = readFileSync(path, 'utf8').split('\n');
  expect(earlier).toBe('{"earlier":true}');
  expect(JSON.parse(line)).toMatchObject(event);
  expect(rest).toEqual(['']);
});

test('a log that cannot be opened is no reason to stop', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'log.jsonl'));
  for (const path of [join(folder, 'log.jsonl'), join(folder, 'gone', 'log.jsonl')]) {
    const sink = await logFile(path);
    expect(() => {
      sink(event);
    }).not.toThrow();
  }
});
