import type { EventSink } from '../experiment/events.ts';

/** Writes every event but samples to a file as JSON lines, each at once: a log that lacks its end is of no use. */
export async function logFile(path: string): Promise<EventSink> {
  const { pino } = await import('pino');
  const destination = pino.destination({ dest: path, append: true, sync: true });
  // A full disk is reported by what must be written; the log alone is no reason to stop.
  destination.on('error', () => undefined);
  const log = pino({ base: null, timestamp: false }, destination);
  return (event) => {
    if (event.type !== 'sample-taken') log.info(event);
  };
}
