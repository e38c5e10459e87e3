import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { HarnessError } from '../core/errors.ts';
import { readJournal } from '../core/journal.ts';
import { sha256 } from '../core/whole-file.ts';
import type { Plan } from '../plan/plan.ts';
import { parseEntry } from './journal-entry.ts';
import { experimentPaths, type ExperimentPaths } from './layout.ts';
import type { Manifest } from './manifest.ts';
import { progressOf, type Progress } from './progress.ts';
import { readTrial, type RecordedTrial } from './trial-record.ts';

/** An experiment as its folder tells it. What is damaged is named; the rest is used. */
export interface RecordedExperiment {
  readonly id: string;
  readonly paths: ExperimentPaths;
  readonly plan: Plan;
  readonly planSha256: string;
  readonly manifest: Manifest;
  readonly progress: Progress;
  /** Finished attempts by their id; those that are damaged are missing. */
  readonly trials: ReadonlyMap<string, RecordedTrial>;
  /** One sentence for each damaged part. */
  readonly damage: readonly string[];
}

/**
 * Reads an experiment's folder.
 * @throws HarnessError `results-missing` if it is none, `results-damaged` if plan, manifest or journal cannot be used at all
 */
export async function readExperiment(folder: string): Promise<RecordedExperiment> {
  const frame = readFrame(folder);
  const damage = [...frame.damage];
  const trials = new Map<string, RecordedTrial>();
  for (const { attempts } of frame.progress.blocks) {
    for (const { trial, recordSha256 } of attempts) {
      if (recordSha256 === null) continue;
      const read = await readTrial(frame.paths, trial, recordSha256);
      if (read.ok) trials.set(trial, read.trial);
      else damage.push(read.damage);
    }
  }
  return { ...frame, trials, damage };
}

/** The same without the trials. */
export function readFrame(folder: string): Omit<RecordedExperiment, 'trials'> {
  const paths = experimentPaths(folder);
  if (!existsSync(folder) || !statSync(folder).isDirectory() || !existsSync(paths.journal)) {
    throw new HarnessError('results-missing', `${folder} is not an experiment: it has no journal.jsonl.`, {
      hint: 'Name a folder such as results/runqueue/latest.',
    });
  }
  const journal = readJournal(paths.journal, parseEntry);
  const damage = journal.damage.map(({ line, text }) => `journal.jsonl:${line}: a line was cut or changed: ${text}`);
  const progress = progressOf(journal.entries);
  const planText = readNeeded(paths.plan);
  const manifestText = readNeeded(paths.manifest);
  const planSha256 = sha256(planText);
  if (progress.hashes === null) {
    damage.push('journal.jsonl: the entry experiment-created is missing');
  } else {
    if (progress.hashes.plan !== planSha256) damage.push('plan.json was changed');
    if (progress.hashes.manifest !== sha256(manifestText)) damage.push('manifest.json was changed');
    if (!existsSync(paths.profile)) damage.push('profile.yaml is missing');
    else if (progress.hashes.profile !== sha256(readFileSync(paths.profile, 'utf8')))
      damage.push('profile.yaml was changed');
  }
  return {
    // Of `latest`, the folder it points at.
    id: parse<Manifest>(manifestText, paths.manifest).experiment || basename(folder),
    paths,
    plan: parse<Plan>(planText, paths.plan),
    planSha256,
    manifest: parse<Manifest>(manifestText, paths.manifest),
    progress,
    damage,
  };
}

/** null for a folder that cannot be read at all: no experiment to go on with. `report` and `verify` say what is wrong with it. */
export function readFrameIfAny(folder: string): Omit<RecordedExperiment, 'trials'> | null {
  try {
    return readFrame(folder);
  } catch (error) {
    if (error instanceof HarnessError) return null;
    throw error;
  }
}

function readNeeded(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new HarnessError('results-damaged', `${path} is missing, and nothing can be said without it.`, {
      hint: 'Restore the file from a copy of the experiment.',
      cause: error,
    });
  }
}

/** @typeParam T what Scalelab wrote there; a hash in the journal says whether it was changed since */
function parse<T extends { readonly format: 1 }>(text: string, path: string): T {
  const damaged = (cause?: unknown): HarnessError =>
    new HarnessError('results-damaged', `${path} does not hold what Scalelab writes there (format 1).`, {
      hint: 'Restore the file from a copy of the experiment.',
      cause,
    });
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('format' in value) || value.format !== 1) throw damaged();
    return value as T;
  } catch (error) {
    throw error instanceof HarnessError ? error : damaged(error);
  }
}
