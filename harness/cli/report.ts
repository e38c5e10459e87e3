import { relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ExitStatus } from '../core/errors.ts';
import type { Composition } from './compose.ts';

export async function reportCommand(folder: string, world: Composition): Promise<ExitStatus> {
  await printReport(folder, world);
  return 0;
}

/** Writes the report and prints what it says first, and where it is. */
export async function printReport(folder: string, { terminal }: Composition): Promise<void> {
  terminal.live('Writing the report …');
  const { writeReport } = await import('../report/write-report.ts');
  const { answer, table, warnings, paths, damage } = await writeReport(folder);
  terminal.live('');
  for (const one of damage) terminal.err(`Damaged: ${one}. The rest was used; nothing was deleted.\n`);
  terminal.out(`\n${terminal.style('bold', answer)}\n\n${table}\n`);
  for (const { text, hint } of warnings)
    terminal.out(`${terminal.style('yellow', 'Note')}: ${text}${hint ? ` ${hint}` : ''}\n`);
  terminal.out(`Report: ${relative('', paths.reportHtml)}\n        ${pathToFileURL(paths.reportHtml).href}\n`);
}
