import type { ChildExit } from '../../../core/process.ts';
import type { ReplicaEvent } from '../../../telemetry/application-reading.ts';

/** Signals by which a program reports a fault of its own. */
const ownFaults: readonly (NodeJS.Signals | null)[] = [
  'SIGSEGV',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
  'SIGABRT',
  'SIGTRAP',
  'SIGSYS',
];

/** Exit statuses of a twin that was told to end: it had finished what it had, or it had not (`deathstarbench/twin/twin.c`). */
export const doneStatus = 0;
export const cutStatus = 5;

export interface ReplicaEnd {
  readonly type: Extract<
    ReplicaEvent['type'],
    'killed-by-memory-limit' | 'killed-from-outside' | 'killed-by-profile' | 'crashed'
  >;
  /** The end of a sentence that begins with the replica. */
  readonly text: string;
}

/**
 * Why a replica ended that the harness did not end.
 * @param oomKills processes of its group that the kernel killed for want of memory, be it the machine's
 * @param limitHits how often its group ran into its own memory limit
 */
export function replicaEnd(
  { exitCode, signal, stderrTail }: ChildExit,
  {
    isByProfile,
    oomKills,
    limitHits,
    memoryLimitBytes,
  }: { isByProfile: boolean; oomKills: number; limitHits: number; memoryLimitBytes: number | null },
): ReplicaEnd {
  if (isByProfile) return { type: 'killed-by-profile', text: 'was killed as the profile asks' };
  if (signal === 'SIGKILL' && oomKills > 0) {
    return memoryLimitBytes === null || limitHits === 0
      ? { type: 'killed-from-outside', text: 'was killed because the machine ran out of memory' }
      : { type: 'killed-by-memory-limit', text: `was killed at its memory limit of ${memoryLimitBytes} bytes` };
  }
  if (signal !== null && !ownFaults.includes(signal))
    return { type: 'killed-from-outside', text: `was ended by ${signal}` };
  // We did not tell it.
  if (exitCode === doneStatus || exitCode === cutStatus)
    return { type: 'killed-from-outside', text: 'was told to end by somebody else' };
  const words = lastWords({ stderrTail });
  const how = signal === null ? `ended with exit code ${exitCode ?? 'unknown'}` : `crashed with ${signal}`;
  return { type: 'crashed', text: words === '' ? how : `${how}: ${words}` };
}

/** The last line that it wrote to standard error; empty if it wrote none. */
export function lastWords({ stderrTail }: Pick<ChildExit, 'stderrTail'>): string {
  return stderrTail.trim().split('\n').at(-1) ?? '';
}
