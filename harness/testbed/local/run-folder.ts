import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../../core/all-errors.ts';
import { HarnessError } from '../../core/errors.ts';
import { hasCode } from './error-code.ts';
import { runName, runOwner } from './run-name.ts';

/** Folders of runs are named like their cgroups, after the subtree, so that those of other subtrees are left alone. */
const folderName = (subtree: string, run: string): string => `${subtree}-${run}`;

/** A folder for what one run keeps in files: nobody else may look into it. @throws HarnessError `machine-lacks` */
export function createRunFolder(temporaryFolder: string, subtree: string, pid: number): string {
  const folder = join(temporaryFolder, folderName(subtree, runName(pid)));
  try {
    // Not recursive: a folder that somebody else has put there is refused.
    mkdirSync(folder, { mode: 0o700 });
    return folder;
  } catch (cause) {
    throw new HarnessError('machine-lacks', `The folder ${folder} cannot be made: ${messageOf(cause)}.`, {
      hint: 'Make room in it, or set TMPDIR to a folder that is writable.',
      cause,
    });
  }
}

/** Folders of runs whose process is gone. @param isElsewhere does a run of that name go on in another container? */
export function leftoverFolders(
  temporaryFolder: string,
  subtree: string,
  isElsewhere: (run: string) => boolean,
): readonly string[] {
  const prefix = folderName(subtree, '');
  return entriesOf(temporaryFolder)
    .filter((entry) => entry.startsWith(prefix))
    .filter((entry) => {
      const run = entry.slice(prefix.length);
      return runOwner(run) === 'gone' && !isElsewhere(run);
    })
    .map((entry) => join(temporaryFolder, entry));
}

/** One that belongs to somebody else stays. */
export function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    if (!hasCode(error, 'EACCES') && !hasCode(error, 'EPERM')) throw error;
  }
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
