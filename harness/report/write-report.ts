import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Summary, SummaryWarning } from '../analysis/summary.ts';
import { packageRoot } from '../core/package-root.ts';
import { makeFolder, writeWholeFile } from '../core/whole-file.ts';
import type { ExperimentPaths } from '../store/layout.ts';
import { readRecorded } from '../store/recorded-file.ts';
import { makeReport } from './make-report.ts';
import { profileDescription } from './profile-description.ts';
import { readForReport } from './read-for-report.ts';
import { shortForm } from './short-form.ts';
import { answerSentence } from './answers.ts';
import { sentenceText } from './sentence-pieces.ts';
import { terminalTable } from './terminal-table.ts';

export interface WrittenReport {
  readonly paths: ExperimentPaths;
  /** What the experiment answers, in one sentence. */
  readonly answer: string;
  /** The arms as a plain-text table. */
  readonly table: string;
  readonly warnings: readonly SummaryWarning[];
  readonly damage: readonly string[];
  readonly status: Summary['experiment']['status'];
}

/** Makes the report of an experiment from its recorded files and writes it beside them. */
export async function writeReport(folder: string): Promise<WrittenReport> {
  const { frame, summary, figureData } = await readForReport(folder);
  const { plan, manifest, paths, damage } = frame;
  const pageScript = readFileSync(join(packageRoot, 'dist', 'harness', 'report', 'page.js'), 'utf8');
  const description = profileDescription(readRecorded(paths.profile)?.toString() ?? '');
  const report = await makeReport({ summary, figureData, manifest, plan, description, pageScript });
  makeFolder(paths.figures);
  for (const { name, svg, png } of report.figures) {
    writeWholeFile(join(paths.figures, `${name}.svg`), svg);
    writeWholeFile(join(paths.figures, `${name}.png`), png);
  }
  writeWholeFile(paths.reportMarkdown, report.markdown);
  writeWholeFile(paths.reportHtml, report.html);
  const context = { summary, plan, cores: manifest.testbed.cores };
  const answer = sentenceText(answerSentence(context));
  return {
    paths,
    answer,
    table: terminalTable(summary, plan),
    warnings: [...summary.warnings, ...[shortForm(plan) ?? []].flat()],
    damage,
    status: summary.experiment.status,
  };
}
