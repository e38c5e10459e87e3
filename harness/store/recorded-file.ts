import { readFileSync } from 'node:fs';
import { HarnessError } from '../core/errors.ts';

/**
 * A file of an experiment's folder; null if it is missing.
 * @throws HarnessError `results-damaged` if it is there and cannot be read
 */
export function readRecorded(path: string): Buffer | null {
  try {
    return readFileSync(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new HarnessError('results-damaged', `${path} is there but cannot be read: ${String(code)}.`, {
      hint: 'Make it readable, or restore it from a copy of the experiment.',
      cause: error,
    });
  }
}
