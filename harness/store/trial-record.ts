import { existsSync, readFileSync } from 'node:fs';
import { makeFolder, sha256, sha256OfFile, writeWholeFile } from '../core/whole-file.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import type { ExperimentPaths } from './layout.ts';
import { trialPaths } from './layout.ts';
import { readSamples, writeSamples } from './samples.ts';
import type { Verdict } from './verdict.ts';

/** `trial.json`: written last, so that its presence says that the attempt is complete. */
export interface TrialRecord {
  readonly format: 1;
  readonly id: string;
  readonly block: number;
  readonly arm: string;
  /** From 1. */
  readonly attempt: number;
  readonly load: string | null;
  readonly seed: number;
  readonly startedAt: string;
  readonly endedAt: string;
  readonly evidence: TrialEvidence;
  readonly verdict: Verdict;
  /** SHA-256 of the other files of the folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** An attempt as it stands in its folder. */
export interface RecordedTrial {
  readonly record: TrialRecord;
  /** SHA-256 of `trial.json`. */
  readonly recordSha256: string;
  readonly samples: readonly Sample[];
}

/** Writes the samples, then the record. Returns the SHA-256 of the record, for the journal. */
export async function writeTrial(
  experiment: ExperimentPaths,
  trial: Omit<TrialRecord, 'format' | 'files'>,
  samples: readonly Sample[],
): Promise<string> {
  const paths = trialPaths(experiment, trial.id);
  makeFolder(paths.folder);
  await writeSamples(paths, samples);
  const record: TrialRecord = {
    format: 1,
    ...trial,
    files: { 'samples.parquet': sha256OfFile(paths.samples), 'runqueue.parquet': sha256OfFile(paths.runqueue) },
  };
  const text = `${JSON.stringify(record, null, 2)}\n`;
  writeWholeFile(paths.record, text);
  return sha256(text);
}

/**
 * Reads an attempt and checks every hash.
 * @param recordSha256 what the journal says, or null to take the record on its own word
 * @returns what is damaged, as one sentence, instead of the trial
 */
export async function readTrial(
  experiment: ExperimentPaths,
  id: string,
  recordSha256: string | null,
): Promise<{ readonly ok: true; readonly trial: RecordedTrial } | { readonly ok: false; readonly damage: string }> {
  const paths = trialPaths(experiment, id);
  const damaged = (damage: string) => ({ ok: false, damage }) as const;
  if (!existsSync(paths.record)) return damaged(`trials/${id}/trial.json is missing`);
  const text = readFileSync(paths.record, 'utf8');
  const hash = sha256(text);
  if (recordSha256 !== null && hash !== recordSha256) return damaged(`trials/${id}/trial.json was changed`);
  const record = parseRecord(text);
  if (record === null) return damaged(`trials/${id}/trial.json is not a trial record`);
  for (const [name, path] of [
    ['samples.parquet', paths.samples],
    ['runqueue.parquet', paths.runqueue],
  ] as const) {
    if (!existsSync(path)) return damaged(`trials/${id}/${name} is missing`);
    if (record.files[name] !== sha256OfFile(path)) return damaged(`trials/${id}/${name} was changed`);
  }
  return { ok: true, trial: { record, recordSha256: hash, samples: await readSamples(paths) } };
}

function parseRecord(text: string): TrialRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    const isRecord =
      typeof value === 'object' && value !== null && 'format' in value && value.format === 1 && 'files' in value;
    // Written by writeTrial: nobody else writes format 1, and the journal's hash says that it was not changed since.
    return isRecord ? (value as TrialRecord) : null;
  } catch {
    return null;
  }
}
