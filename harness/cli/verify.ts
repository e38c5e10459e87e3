import { HarnessError, type ExitStatus } from '../core/errors.ts';
import { verifyExperiment } from '../analysis/verify-experiment.ts';
import { readExperiment } from '../store/recorded-experiment.ts';
import { readSchedules } from '../store/schedule.ts';
import type { Composition } from './compose.ts';

export async function verifyCommand(folder: string, { terminal }: Composition): Promise<ExitStatus> {
  const recorded = await readExperiment(folder);
  const { checked, findings } = verifyExperiment(recorded, await readSchedules(recorded));
  for (const finding of findings) terminal.out(`${terminal.style('red', 'differs')}: ${finding}\n`);
  if (findings.length > 0) {
    const count = findings.length === 1 ? '1 thing' : `${findings.length} things`;
    throw new HarnessError('verify-failed', `${count} in ${recorded.id} differ from what was recorded.`, {
      hint: 'The folder was changed after it was written, or by another version of Scalelab.',
    });
  }
  for (const line of checked) terminal.out(`${terminal.style('green', 'holds')}: ${line}\n`);
  terminal.out(
    `${terminal.style('dim', 'not checked')}: report.html, report.md and figures; \`npx scalelab report\` makes them again\n`,
  );
  return 0;
}
