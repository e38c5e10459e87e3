import { constants } from 'node:os';
import { getSystemErrorMap } from 'node:util';
import { HarnessError } from './errors.ts';

/**
 * Translates a write that the system refused into `results-not-writable`; anything else is passed on as it is.
 * @param path of the file that the user knows, not of a temporary one
 */
export function asWriteError(error: unknown, path: string): unknown {
  const reason = refusal(error);
  if (reason === null) return error;
  const isFull = /^(no space left|file too large|disk quota exceeded)/.test(reason);
  return new HarnessError(
    'results-not-writable',
    `${path} could not be written: ${isFull ? 'the disk is full' : reason}.`,
    {
      hint: isFull
        ? 'Free some space and run the same command again; what was finished stays valid.'
        : 'Make the folder writable, or choose another with --results DIR.',
      cause: error,
    },
  );
}

/** Errors of a call that should not have been made: a defect here, not a refusal. */
const ownMistakes = new Set(['EBADF', 'EINVAL', 'EFAULT']);

/** What the system said, in its words: `permission denied`. null if the error is not from a call of the system. */
function refusal(error: unknown): string | null {
  if (error instanceof HarnessError || !(error instanceof Error)) return null;
  if ('errno' in error && typeof error.errno === 'number') {
    // Node has no name for this one.
    if (error.errno === -constants.errno.EDQUOT) return 'disk quota exceeded';
    const [code = '', text = error.message] = getSystemErrorMap().get(error.errno) ?? [];
    return ownMistakes.has(code) ? null : text;
  }
  // DuckDB has no error codes; its message ends with the system's text.
  const text = /^IO Error: .*: ([^:]+)$/s.exec(error.message)?.[1];
  return text === undefined ? null : text.charAt(0).toLowerCase() + text.slice(1);
}
