import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { shellArgument } from '../report/escape.ts';
import type { Composition } from './compose.ts';

export async function reportCommand(folder: string, world: Composition): Promise<ExitStatus> {
  await printReport(folder, world);
  return 0;
}

/** Writes the report and prints what it says first, and where it is. */
export async function printReport(folder: string, { terminal }: Composition): Promise<void> {
  terminal.live('Writing the report …');
  const { writeReport } = await import('../report/write-report.ts');
  const { answer, table, warnings, paths, damage, status } = await writeReport(folder).catch((error: unknown) => {
    throw error instanceof HarnessError && error.code === 'results-not-writable' ? withoutReport(error, folder) : error;
  });
  terminal.live('');
  if (status === 'running') terminal.err('The experiment is unfinished; this is what it says so far.\n');
  for (const one of damage) terminal.err(`Damaged: ${one}. The rest was used; nothing was deleted.\n`);
  terminal.out(`\n${terminal.style('bold', answer)}\n\n${table}\n`);
  for (const { text, hint } of warnings)
    terminal.out(
      `${terminal.style('yellow', 'Note')}: ${text}${/[.?!]$/.test(text) ? '' : '.'}${hint ? ` ${hint}` : ''}\n`,
    );
  terminal.out(`Report: ${relative('', paths.reportHtml)}\n        ${pathToFileURL(paths.reportHtml).href}\n`);
}

/** The experiment itself is whole; only its report is missing. */
function withoutReport(error: HarnessError, folder: string): HarnessError {
  return new HarnessError(error.code, error.message, {
    hint: `The experiment is saved. Make room there, then: npx scalelab report ${shellArgument(relative('', folder))}`,
    cause: error,
  });
}
