import { readFileSync } from 'node:fs';
import type { Problem } from '../../core/errors.ts';

/**
 * Without /proc nothing can be measured; where it hides the processes of others, some of the machine is missing.
 * @param needsAll must every thread of the machine be seen, as for schedstat?
 */
export function checkProc(isRoot: boolean, needsAll: boolean, proc = '/proc'): Problem[] {
  const mounts = readOrNull(`${proc}/self/mounts`);
  if (mounts === null || readOrNull(`${proc}/self/stat`) === null) {
    const message = `${proc} cannot be read.`;
    return [{ severity: 'error', code: 'proc-hidden', message, hint: `mount -t proc proc ${proc}` }];
  }
  const hidden = mounts
    .split('\n')
    .map((line) => line.split(' '))
    .find(([, mountPoint, type]) => mountPoint === proc && type === 'proc')?.[3]
    ?.split(',')
    .find((option) => /^hidepid=(?!0|off)/.test(option));
  if (hidden === undefined || isRoot) return [];
  const lost = needsAll ? 'the run-queue wait of the machine would lack theirs' : 'other runs of Scalelab are not seen';
  const message = `${proc} hides the processes of others (${hidden}): ${lost}.`;
  const hint = `Run as root, or \`mount -o remount,hidepid=0 ${proc}\`.`;
  return [{ severity: needsAll ? 'error' : 'warning', code: 'proc-hidden', message, hint }];
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
