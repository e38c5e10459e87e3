import { messageOf } from './all-errors.ts';
import type { ProcessRunner } from './process.ts';

/** Runs a command that ends by itself. @returns why it does not work, in its own words; null if it does */
export async function whyCommandFails(
  runner: ProcessRunner,
  [file = '', ...args]: readonly string[],
): Promise<string | null> {
  try {
    const child = await runner(file, args);
    const { exitCode, stderrTail } = await child.exited;
    return exitCode === 0 ? null : stderrTail.trim() || `${file} ended with ${exitCode ?? 'a signal'}`;
  } catch (error) {
    return messageOf(error);
  }
}
