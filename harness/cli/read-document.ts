import { readFileSync, statSync } from 'node:fs';
import { messageOf } from '../core/all-errors.ts';
import { HarnessError } from '../core/errors.ts';

/** The text of a file that the user named. @param what such as `testbed file` @throws HarnessError `profile-missing` */
export function readDocument(file: string, what: string): string {
  try {
    // A device or a pipe has no end that could be waited for.
    if (!statSync(file).isFile() && !statSync(file).isDirectory()) throw new Error('it is not an ordinary file');
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new HarnessError('profile-missing', `The ${what} ${file} cannot be read: ${messageOf(cause)}.`, { cause });
  }
}
