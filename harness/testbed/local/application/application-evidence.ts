import type { TrialEvidence } from '../../../telemetry/evidence.ts';
import type { LocalApplication } from './local-application.ts';

/** @param originMs start of the trial, on `Clock.nowMs` */
export function applicationEvidence(
  { events, startFailure }: Pick<LocalApplication, 'events' | 'startFailure'>,
  originMs: number,
): NonNullable<TrialEvidence['application']> {
  return { events: events.map(({ nowMs, ...event }) => ({ atMs: nowMs - originMs, ...event })), startFailure };
}
