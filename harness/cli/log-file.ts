import type { EventSink } from '../experiment/events.ts';

/**
 * Writes every event but samples to a file as JSON lines, each at once: a log that lacks its end is of no use. A disk that is full
 * is reported by what must be written; the log alone is no reason to stop, so if it cannot be opened nothing is logged.
 */
export async function logFile(path: string): Promise<EventSink> {
  const { pino } = await import('pino');
  const destination = openOrNull(() => pino.destination({ dest: path, append: true, sync: true }));
  if (destination === null) return () => undefined;
  destination.on('error', () => undefined);
  const log = pino({ base: null, timestamp: false }, destination);
  return (event) => {
    if (event.type !== 'sample-taken') log.info(event);
  };
}

/** Opening is synchronous, so what stands in its way is thrown: a folder of that name, a file that may not be written. */
function openOrNull<T>(open: () => T): T | null {
  try {
    return open();
  } catch {
    return null;
  }
}
