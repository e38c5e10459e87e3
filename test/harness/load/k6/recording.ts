import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { scheduleFromBytes } from '../../../../harness/load/schedule-file.ts';
import type { ArrivalSchedule } from '../../../../harness/load/arrival-schedule.ts';

const folder = new URL('../../../fixtures/k6/', import.meta.url);

/** What k6 2.2 wrote on its console while it replayed 853 requests; the target did not answer for two seconds. */
export const recordedConsole: string = gunzipSync(
  readFileSync(new URL('recorded/requests.jsonl.gz', folder)),
).toString();

export const recordedSchedule: ArrivalSchedule = scheduleFromBytes(
  new Uint8Array(readFileSync(new URL('recorded/schedule.bin', folder))),
);

export interface RecordedFailure {
  readonly case: string;
  readonly exit: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stderr: string;
}

// The file is ours, and was looked at.
export const recordedFailures = JSON.parse(
  readFileSync(new URL('failures.json', folder), 'utf8'),
) as readonly RecordedFailure[];
