import { sha256, sha256OfFile } from '../core/sha256.ts';
import { makeFolder, writeWholeFile } from '../core/whole-file.ts';
import type { TrialEvidence } from '../telemetry/evidence.ts';
import type { Sample } from '../telemetry/sample.ts';
import { trialPaths, type ExperimentPaths } from './layout.ts';
import { readRecorded } from './recorded-file.ts';
import { readSamples, writeSamples } from './samples.ts';
import {
  anyOf,
  hasShape,
  isCount,
  isFlag,
  isFolderName,
  isInstant,
  isInteger,
  isNumber,
  isPlace,
  isText,
  listOf,
  nullOr,
  oneOf,
  record,
  type Check,
  type Shape,
} from './shape.ts';
import { failedCodes, invalidCodes, type InvalidReason, type Verdict } from './verdict.ts';

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
  const whole: TrialRecord = {
    format: 1,
    ...trial,
    files: { 'samples.parquet': sha256OfFile(paths.samples), 'runqueue.parquet': sha256OfFile(paths.runqueue) },
  };
  const text = `${JSON.stringify(whole, null, 2)}\n`;
  writeWholeFile(paths.record, text);
  return sha256(text);
}

const kind = (word: Verdict['kind']): { readonly kind: Check } => ({ kind: oneOf(word) });
const isVerdict = anyOf(
  record(kind('valid')),
  record({ ...kind('failed'), code: oneOf(...Object.keys(failedCodes)), text: isText }),
  record({
    ...kind('invalid'),
    reasons: listOf(record<InvalidReason>({ code: oneOf(...Object.keys(invalidCodes)), text: isText })),
  }),
);

export const evidenceShape: Shape<TrialEvidence> = {
  tracerDeath: nullOr(isText),
  disturbance: nullOr(
    record<NonNullable<TrialEvidence['disturbance']>>({
      program: isText,
      wanted: isCount,
      started: isCount,
      alive: isCount,
    }),
  ),
  canary: nullOr(record<NonNullable<TrialEvidence['canary']>>({ wakeups: isCount, skipped: isCount, alive: isFlag })),
  kernelNsPerEvent: nullOr(isNumber),
};

export const trialRecordShape: Shape<TrialRecord> = {
  format: oneOf(1),
  id: isFolderName,
  block: isPlace,
  arm: isFolderName,
  attempt: isPlace,
  load: nullOr(isFolderName),
  seed: isInteger,
  startedAt: isInstant,
  endedAt: isInstant,
  evidence: record(evidenceShape),
  verdict: isVerdict,
  files: record({ 'samples.parquet': isText, 'runqueue.parquet': isText }),
};

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
  const damaged = (damage: string) => ({ ok: false, damage: `trials/${id}/${damage}` }) as const;
  const bytes = readRecorded(paths.record);
  if (bytes === null) return damaged('trial.json is missing');
  const hash = sha256(bytes);
  if (recordSha256 !== null && hash !== recordSha256) return damaged('trial.json was changed');
  const trial = parseRecord(bytes.toString());
  if (trial === null || trial.id !== id) return damaged('trial.json is not the record of this trial');
  for (const [name, path] of [
    ['samples.parquet', paths.samples],
    ['runqueue.parquet', paths.runqueue],
  ] as const) {
    const table = readRecorded(path);
    if (table === null) return damaged(`${name} is missing`);
    if (trial.files[name] !== sha256(table)) return damaged(`${name} was changed`);
  }
  return { ok: true, trial: { record: trial, recordSha256: hash, samples: await readSamples(paths) } };
}

function parseRecord(text: string): TrialRecord | null {
  try {
    const value: unknown = JSON.parse(text);
    return hasShape(value, trialRecordShape) ? value : null;
  } catch {
    return null;
  }
}
