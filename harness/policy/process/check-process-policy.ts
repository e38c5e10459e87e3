import { messageOf } from '../../core/all-errors.ts';
import type { Problem } from '../../core/errors.ts';
import { lastWords } from './last-words.ts';
import { timeLimits, type ProcessDependencies } from './process-dependencies.ts';
import type { ProcessOptions } from './process-options.ts';
import { hostProgram, programCommand } from './program-command.ts';

/** What keeps the program of a policy from starting here. A file is also imported; no program of the user is started. */
export async function checkProcessPolicy(
  options: ProcessOptions,
  dependencies: ProcessDependencies,
): Promise<readonly Problem[]> {
  const command = programCommand(options, dependencies);
  if ('severity' in command) return [command];
  const obstacle = options.file === null ? null : await whyNoPolicy(options.file, options, dependencies);
  if (obstacle === null) return [];
  const hint = 'It has to export createPolicy(options, context), as profiles/policies/headroom.ts does.';
  const message = `The policy ${options.file ?? ''} cannot be used: ${obstacle}.`;
  return [{ severity: 'error', code: 'policy-unusable', message, hint }];
}

async function whyNoPolicy(
  file: string,
  { intervalSeconds }: ProcessOptions,
  { runner, clock, node, environment, workingFolder, limits }: ProcessDependencies,
): Promise<string | null> {
  const { readyMs } = limits ?? timeLimits(intervalSeconds);
  try {
    await using child = await runner(node, [hostProgram, '--check', file], { environment, workingFolder });
    const over = new AbortController();
    const late = clock.sleep(readyMs, over.signal).then(() => null);
    const exit = await Promise.race([child.exited, late]).finally(() => {
      over.abort();
    });
    if (exit === null) return `importing it took longer than ${readyMs / 1000} s`;
    return exit.exitCode === 0
      ? null
      : lastWords(exit.stderrTail) || `its import ended with ${exit.exitCode ?? 'a signal'}`;
  } catch (error) {
    return messageOf(error);
  }
}
