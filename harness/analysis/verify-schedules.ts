import type { RecordedExperiment } from '../store/recorded-experiment.ts';
import type { ScheduleColumns } from '../store/schedule.ts';
import type { RecordedTrial } from '../store/trial-record.ts';
import type { RequestLog } from '../telemetry/request-log.ts';

/**
 * Were all trials of a block sent the same arrivals, those that the folder holds? The hash in the evidence is what the load generator
 * said of the schedule that it read. It is not computed here again: what `schedule.parquet` holds is compared with the requests, one by one.
 */
export function changedSchedules(
  { trials }: Pick<RecordedExperiment, 'trials'>,
  schedules: ReadonlyMap<number, ScheduleColumns | string>,
): string[] {
  return [...schedules].flatMap(([block, schedule]) => {
    const sent = [...trials.values()].filter(({ record, requests }) => record.block === block && requests !== null);
    return [
      ...differentHashes(block, sent),
      ...(typeof schedule === 'string' ? [schedule] : differentRequests(block, schedule, sent)),
    ];
  });
}

function differentHashes(block: number, trials: readonly RecordedTrial[]): string[] {
  const [first, ...others] = trials.map(({ record }) => ({
    id: record.id,
    hash: record.evidence.generator?.scheduleSha256 ?? null,
  }));
  const different = others.find(({ hash }) => hash !== first?.hash);
  if (first === undefined || different === undefined) return [];
  return [`block ${block}: the load generator read other arrivals in ${different.id} than in ${first.id}`];
}

function differentRequests(block: number, schedule: ScheduleColumns, trials: readonly RecordedTrial[]): string[] {
  return trials.flatMap(({ record: { id }, requests }) =>
    requests === null || isOf(schedule, requests)
      ? []
      : [`trials/${id}: its requests are not those of blocks/${block}/schedule.parquet`],
  );
}

function isOf(schedule: ScheduleColumns, log: RequestLog): boolean {
  return (['dueMs', 'endpoint', 'payloadSeed'] as const).every((column) => {
    const [asked, done] = [schedule[column], log[column]];
    return asked.length === done.length && asked.every((value, index) => value === done[index]);
  });
}
