import { statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { messageOf } from '../../core/all-errors.ts';
import type { Problem } from '../../core/errors.ts';
import { findProgram, isRunnable } from '../../core/find-program.ts';
import { packageRoot } from '../../core/package-root.ts';
import type { ProcessDependencies } from './process-dependencies.ts';
import type { ProcessOptions } from './process-options.ts';

/** How the program of a policy is started. */
export interface ProgramCommand {
  /** As the profile names it. */
  readonly label: string;
  readonly file: string;
  readonly args: readonly string[];
}

/** The built host: node runs no TypeScript of ours on all its versions. */
export const hostProgram = join(packageRoot, 'dist', 'harness', 'policy', 'process', 'host.js');

type Place = Pick<ProcessDependencies, 'workingFolder' | 'searchPath' | 'node'>;

/** Finds the program, and the file that is its first argument, if that is one. */
export function programCommand({ command, file }: ProcessOptions, place: Place): ProgramCommand | Problem {
  if (file !== null) {
    const obstacle = whyNoFile(resolve(place.workingFolder, file));
    if (obstacle !== null) return missing(`The policy ${file} cannot be read: ${obstacle}.`, place);
    return { label: file, file: place.node, args: [hostProgram, file] };
  }
  const [name = '', ...args] = command ?? [];
  const label = [name, ...args].join(' ');
  const program = name.includes('/') ? resolve(place.workingFolder, name) : findProgram(name, place.searchPath);
  if (program === null) return missing(`The policy \`${label}\` has no program: ${name} is not on PATH.`, place);
  if (!isRunnable(program)) return missing(`The policy \`${label}\` has no program: ${name} cannot be run.`, place);
  const [script = ''] = args;
  const obstacle = isFileName(script) ? whyNoFile(resolve(place.workingFolder, script)) : null;
  if (obstacle !== null)
    return missing(`The policy \`${label}\` has no program: ${script} cannot be read: ${obstacle}.`, place);
  return { label: `\`${label}\``, file: program, args };
}

/** `policies/mine.py` or `mine.py`, and not `-m`, `run` or `http://127.0.0.1:80`. */
const isFileName = (text: string): boolean => /^[^-].*(\/|\.[a-z]\w*$)|^\.?\//i.test(text) && !text.includes('://');

function whyNoFile(path: string): string | null {
  try {
    return statSync(path).isFile() ? null : 'it is not an ordinary file';
  } catch (error) {
    return messageOf(error);
  }
}

const missing = (message: string, { workingFolder }: Place): Problem => ({
  severity: 'error',
  code: 'policy-missing',
  message,
  hint: `Relative paths are seen from the folder in which Scalelab is started, which is ${workingFolder}.`,
});
