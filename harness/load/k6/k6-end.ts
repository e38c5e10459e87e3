/** How the process k6 ended. */
export interface K6Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * What k6 means by an exit status, as recorded with k6 2.2 (`test/fixtures/k6`); 97, 98, 102 and 109 are from its own list and were
 * not seen. 0 and 99, which tells that thresholds were crossed, are results.
 */
const meanings: Readonly<Record<number, string>> = {
  2: 'crashed, or was told to by SIGQUIT',
  97: 'failed in the cloud',
  98: 'lost sight of its run in the cloud',
  100: 'could not finish setup() in time',
  101: 'could not finish teardown() in time',
  102: 'ran into a time limit',
  103: 'was stopped by somebody through its REST API',
  104: 'found its configuration wrong',
  105: 'was told to stop by SIGINT or SIGTERM',
  106: 'could not open its REST API',
  107: 'could not load or run its script',
  108: 'was stopped by its script',
  109: 'crashed',
  110: 'was marked as failed by its script',
  255: 'did not accept its command line',
};

/** Null if it ended by itself with a result, which proves nothing about what it sent. */
export function abnormalEnd({ exitCode, signal }: K6Exit): string | null {
  if (exitCode === 0 || exitCode === 99) return null;
  if (exitCode === null) return `was killed by ${signal ?? 'a signal'}`;
  return `${meanings[exitCode] ?? 'ended in an unknown way'} (exit status ${exitCode})`;
}
