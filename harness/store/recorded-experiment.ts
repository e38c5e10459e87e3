import { HarnessError } from '../core/errors.ts';
import { parseJournal, type JournalContent } from '../core/journal.ts';
import { sha256 } from '../core/sha256.ts';
import type { Plan } from '../plan/plan.ts';
import { parseEntry, type JournalEntry } from './journal-entry.ts';
import { experimentPaths, type ExperimentPaths } from './layout.ts';
import { manifestShape, type Manifest } from './manifest.ts';
import { planShape } from './plan-shape.ts';
import { progressOf, type Attempt, type BlockProgress, type Progress } from './progress.ts';
import { readRecorded } from './recorded-file.ts';
import { hasShape, isText, mapOf, type Shape } from './shape.ts';
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
  /** Texts of the files that the profile names, by their path in it: `inputs.json`. */
  readonly inputs: Readonly<Record<string, string>>;
  /** `summary.json` as it stands there; null if there is none. */
  readonly summaryText: string | null;
  /** One sentence for each damaged part. */
  readonly damage: readonly string[];
  /**
   * Those of them that cost nothing: lines that were cut when Scalelab was stopped, after which it went on. What such a line would
   * have announced was not done.
   */
  readonly settled: readonly string[];
}

/**
 * Reads an experiment's folder.
 * @throws HarnessError `results-missing` if it is none, `results-damaged` if plan, manifest or journal cannot be used at all
 */
export async function readExperiment(folder: string): Promise<RecordedExperiment> {
  const frame = readFrame(folder);
  const trials = new Map<string, RecordedTrial>();
  const damage = [...frame.damage];
  for await (const { attempt, trial, damage: sentence } of eachAttempt(frame)) {
    if (trial !== null) trials.set(attempt.trial, trial);
    if (sentence !== null) damage.push(sentence);
  }
  return { ...frame, trials, damage };
}

/** An attempt, and what could be read of it. */
export interface ReadAttempt {
  readonly block: BlockProgress;
  readonly attempt: Attempt;
  /** Null if it did not finish, or cannot be used. */
  readonly trial: RecordedTrial | null;
  /** One sentence if it cannot be used. */
  readonly damage: string | null;
}

/**
 * Reads every attempt in the order in which they were started. The next one is read while the one before is looked at, so that no more than two
 * are in memory.
 */
export async function* eachAttempt({ paths, progress }: ExperimentFrame): AsyncGenerator<ReadAttempt> {
  const attempts = progress.blocks.flatMap((block) => block.attempts.map((attempt) => ({ block, attempt })));
  const start = (place: number): Promise<ReadAttempt> | null => {
    const next = attempts[place];
    if (next === undefined) return null;
    const reading = readAttempt(paths, next);
    // It is thrown where it is waited for.
    reading.catch(() => undefined);
    return reading;
  };
  let reading = start(0);
  for (let place = 1; reading !== null; place++) {
    const read = await reading;
    reading = start(place);
    yield read;
  }
}

async function readAttempt(
  paths: ExperimentPaths,
  { block, attempt }: Pick<ReadAttempt, 'block' | 'attempt'>,
): Promise<ReadAttempt> {
  if (attempt.recordSha256 === null) return { block, attempt, trial: null, damage: null };
  const read = await readTrial(paths, attempt.trial, attempt.recordSha256);
  return { block, attempt, ...(read.ok ? { trial: read.trial, damage: null } : { trial: null, damage: read.damage }) };
}

/** An experiment without its trials. */
export type ExperimentFrame = Omit<RecordedExperiment, 'trials'>;

/** The same without the trials. */
export function readFrame(folder: string): ExperimentFrame {
  const paths = experimentPaths(folder);
  const journalText = readRecorded(paths.journal)?.toString();
  if (journalText === undefined) {
    throw new HarnessError('results-missing', `${folder} is not an experiment: it has no journal.jsonl.`, {
      hint: 'Name a folder such as results/runqueue/latest.',
    });
  }
  const journal = parseJournal(journalText, parseEntry);
  const progress = progressOf(journal.entries);
  const planBytes = readNeeded(paths.plan);
  const manifestBytes = readNeeded(paths.manifest);
  const manifest: Manifest = { noise: [], ...parseRecorded(manifestBytes, manifestShape, paths.manifest) };
  const profileBytes = readRecorded(paths.profile);
  const inputBytes = readRecorded(paths.inputs);
  const { damaged, settled } = journalDamage(journal);
  return {
    // Not the name of the folder, which may be `latest`.
    id: manifest.experiment,
    paths,
    plan: parseRecorded(planBytes, planShape, paths.plan),
    planSha256: sha256(planBytes),
    manifest,
    progress,
    inputs: parseInputs(inputBytes),
    summaryText: readRecorded(paths.summary)?.toString() ?? null,
    damage: [
      ...damaged,
      ...(progress.hashes === null
        ? [
            'journal.jsonl: the entry experiment-created is missing, so nothing says what plan, manifest, profile and inputs were',
          ]
        : [
            ...changed('plan.json', planBytes, progress.hashes.plan),
            ...changed('manifest.json', manifestBytes, progress.hashes.manifest),
            ...changed('profile.yaml', profileBytes, progress.hashes.profile),
            ...changed('inputs.json', inputBytes, progress.hashes.inputs),
          ]),
    ],
    settled,
  };
}

/** null for a folder that cannot be read at all: no experiment to go on with. `report` and `verify` say what is wrong with it. */
export function readFrameIfAny(folder: string): ExperimentFrame | null {
  try {
    return readFrame(folder);
  } catch (error) {
    if (error instanceof HarnessError) return null;
    throw error;
  }
}

/** Nothing where it cannot be used, which is damage; `rerun` makes the plan of what is there, and looks whether it is the same. */
function parseInputs(bytes: Buffer | null): Readonly<Record<string, string>> {
  if (bytes === null) return {};
  try {
    const value: unknown = JSON.parse(bytes.toString());
    // The check says that all values are texts.
    return mapOf(isText)(value) ? (value as Record<string, string>) : {};
  } catch {
    return {};
  }
}

function journalDamage({ entries, damage }: JournalContent<JournalEntry>): {
  readonly damaged: readonly string[];
  readonly settled: readonly string[];
} {
  const told = damage.map(({ line, text, entriesBefore }) => ({
    text: `journal.jsonl:${line}: a line was cut or changed: ${text}`,
    isSettled: entries[entriesBefore]?.type === 'experiment-resumed',
  }));
  return {
    damaged: told.map(({ text }) => text),
    settled: told.filter(({ isSettled }) => isSettled).map(({ text }) => text),
  };
}

function changed(name: string, bytes: Buffer | null, recordedSha256: string): string[] {
  if (bytes === null) return [`${name} is missing`];
  return sha256(bytes) === recordedSha256 ? [] : [`${name} was changed`];
}

function readNeeded(path: string): Buffer {
  const bytes = readRecorded(path);
  if (bytes !== null) return bytes;
  throw new HarnessError('results-damaged', `${path} is missing, and nothing can be said without it.`, {
    hint: 'Restore the file from a copy of the experiment.',
  });
}

function parseRecorded<T>(bytes: Buffer, shape: Shape<T>, path: string): T {
  const damaged = (cause?: unknown): HarnessError =>
    new HarnessError('results-damaged', `${path} does not hold what Scalelab writes there (format 1).`, {
      hint: 'Restore the file from a copy of the experiment.',
      cause,
    });
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (error) {
    throw damaged(error);
  }
  if (!hasShape(value, shape)) throw damaged();
  return value;
}
