import type { RecordedTrial } from '../store/trial-record.ts';
import { replicaEventTypes } from '../telemetry/application-reading.ts';
import type { ArmEvents } from './application-figure-data.ts';
import { spreadOf } from './spread.ts';

/** What happened to the replicas of an arm, by kind and service, in the order of the kinds. @param trials all that count */
export function armEvents(arm: string, trials: readonly RecordedTrial[]): readonly ArmEvents[] {
  const all = trials.flatMap(({ record }) =>
    (record.evidence.application?.events ?? []).map((event) => ({ ...event, trial: record.id })),
  );
  return replicaEventTypes.flatMap((type) => {
    const ofType = all.filter((event) => event.type === type);
    return [...new Set(ofType.map(({ service }) => service))].sort().flatMap((service) => {
      const own = ofType.filter((event) => event.service === service);
      const atMs = spreadOf(own.map((event) => event.atMs));
      if (atMs === null) return [];
      return [{ arm, type, service, times: own.length, trials: new Set(own.map(({ trial }) => trial)).size, atMs }];
    });
  });
}
